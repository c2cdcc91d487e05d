import { type AedesBroker } from "../../../sim/net/aedes-broker.js"
import { UsageError } from "../errors.js"

/**
 * Opens the embedded broker to TCP.
 *
 * @param port 0 = any free one
 * @returns the port
 * @throws UsageError when the port is taken or not allowed
 */
export async function listenOn(broker: AedesBroker, port: number): Promise<number> {
    try {
        return await broker.listen(port)
    } catch (e) {
        const { code } = e as NodeJS.ErrnoException
        if (code === "EADDRINUSE")
            throw new UsageError(`port ${port} is taken by another program; choose another one`)
        if (code === "EACCES")
            throw new UsageError(`port ${port} needs more rights; choose one above 1023`)
        throw e
    }
}
