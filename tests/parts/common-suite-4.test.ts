import { suitesOfShard } from "./common-suite.js"

await suitesOfShard(3, 4)
