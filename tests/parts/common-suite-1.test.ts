import { suitesOfShard } from "./common-suite.js"

await suitesOfShard(0, 4)
