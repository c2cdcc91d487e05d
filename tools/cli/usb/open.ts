import { UsageError } from "../errors.js"
import { serialPorts } from "./find-boards.js"
import { NodeSerialPort } from "./serial-port.js"

/** @param given a port's path; undefined: that of the only board @throws UsageError when that is not one */
export async function thePort(given: string | undefined): Promise<NodeSerialPort> {
    if (given !== undefined) return new NodeSerialPort(given)
    const boards = (await serialPorts()).filter(({ kind }) => kind !== "other")
    if (boards.length === 1) return new NodeSerialPort(boards[0].path)
    throw new UsageError(
        boards.length === 0
            ? "no board is plugged in (with a data cable?); name its port with --port"
            : `several boards are plugged in: ${boards.map(({ path }) => path).join(", ")}; choose one with --port`
    )
}
