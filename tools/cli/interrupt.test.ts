import { expect, it } from "vitest"
import { onInterrupt } from "./interrupt.js"

it("Ctrl-C is handled to its end, although log-update ends a process where nobody else listens", async () => {
    const before = process.listenerCount("SIGINT")
    let interrupts = 0
    const release = onInterrupt(() => {
        interrupts++
        release()
    })
    let seen = 0
    const other = () => (seen = process.listenerCount("SIGINT"))
    process.on("SIGINT", other)
    process.emit("SIGINT")
    process.off("SIGINT", other)
    expect(interrupts).toBe(1)
    expect(seen, "listeners while others are asked").toBe(before + 2)
    await new Promise(resolve => setImmediate(resolve))
    await new Promise(resolve => setImmediate(resolve))
    expect(process.listenerCount("SIGINT")).toBe(before)
})
