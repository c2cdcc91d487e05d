/** Loaded before a program (node --import): writes down what it took when it ends. */
import { writeFileSync } from "node:fs"

process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
    writeFileSync(
        process.env["SUITCASE_USAGE_FILE"],
        JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, memoryMb: maxRSS / 1000 })
    )
})
