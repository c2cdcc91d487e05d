import { UsageError } from "../errors.js"
import { boardPorts, type FoundPort } from "./find-boards.js"
import { NodeSerialPort } from "./serial-port.js"

/** @param given a port's path; undefined: that of the only board @throws UsageError when that is not one */
export async function thePort(given: string | undefined): Promise<NodeSerialPort> {
    const port = given === undefined ? onlyPort(await boardPorts()) : new NodeSerialPort(given)
    if (port !== undefined) return port
    throw new UsageError("no board is plugged in (with a data cable?); name its port with --port")
}

/** @returns undefined when there is none @throws UsageError when there are several */
export function onlyPort(found: readonly FoundPort[]): NodeSerialPort | undefined {
    if (found.length === 0) return undefined
    if (found.length > 1)
        throw new UsageError(
            `several boards are plugged in: ${found.map(({ path }) => path).join(", ")}; choose one with --port`
        )
    const [{ path, vendorId, productId }] = found
    return new NodeSerialPort(path, {
        ...(vendorId === undefined ? {} : { usbVendorId: vendorId }),
        ...(productId === undefined ? {} : { usbProductId: productId }),
    })
}
