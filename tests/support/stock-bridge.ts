/**
 * Source of a program with a stock driver. Its factories take no bus and do nothing in a
 * simulator, so their shared bus is bridged, and they are told that this is a board.
 * Anything else is their own code.
 *
 * @param body imports of the stock driver, and what to do with it
 */
export function stockProgram(body: string): string {
    return `import * as ds from "@devicescript/core"
import { i2c } from "@devicescript/i2c"
import { openBus } from "../src/station/bus.js"

function pretendBoard(): void {
    const bus = openBus()
    const shared = i2c as any
    shared.xfer = async (address: number, bytes: Buffer, count?: number) =>
        await bus.xfer(address, bytes, count)
    const core = ds as any
    core.isSimulator = () => false
}

pretendBoard()
${body}`
}
