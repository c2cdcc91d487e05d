import { suitesOfShard } from "./common-suite.js"

await suitesOfShard(1, 4)
