/** Runs stock drivers of @devicescript/drivers, unmodified, on our simulated bus. */

/**
 * A program that starts a stock driver. The stock factories take no bus and do nothing
 * in a simulator, so their shared bus is bridged, and they are told that this is a
 * board. Anything else is their own code.
 *
 * @param body DeviceScript source: imports first, then what starts and reads the driver
 */
export function stockProgram(body: string): string {
    const lines = body.split("\n")
    const isImport = (line: string) => line.startsWith("import ")
    return `import * as ds from "@devicescript/core"
import { i2c } from "@devicescript/i2c"
import { openBus } from "../src/station/bus.js"
${lines.filter(isImport).join("\n")}

function pretendBoard(): void {
    const bus = openBus()
    const shared = i2c as any
    shared.xfer = async (address: number, bytes: Buffer, count?: number) =>
        await bus.xfer(address, bytes, count)
    const core = ds as any
    core.isSimulator = () => false
}

pretendBoard()
${lines.filter(line => !isImport(line)).join("\n")}
`
}
