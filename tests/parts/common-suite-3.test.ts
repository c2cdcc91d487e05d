import { suitesOfShard } from "./common-suite.js"

await suitesOfShard(2, 4)
