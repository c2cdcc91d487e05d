/** The node that a command is for: on USB, or simulated. */
import { type Bench } from "../../calibration/bench.js"
import { NodeCalibration } from "../../calibration/node-calibration.js"
import { type SensorFault } from "../../calibration/sim-bench.js"
import { boardOn } from "../../flash/usb/ask.js"
import { NodeService } from "../../flash/usb/node-service.js"
import { UsbLink } from "../../flash/usb/usb-link.js"
import { UsageError } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { openNetworkBench, type NetworkFlags } from "./network-bench.js"
import { thePort } from "../usb/open.js"

export interface BenchFlags extends NetworkFlags {
    readonly port?: string
    readonly sim?: true
    readonly simError?: string
    readonly seed: number
}

/** @param channel that a fault of the simulated sensor is for */
export async function openBench(
    flags: BenchFlags,
    channel: string | undefined,
    terminal: Terminal
): Promise<Bench> {
    const { port, sim, simError, seed, node, broker, keys } = flags
    if (node !== undefined) {
        if (port !== undefined || sim === true)
            throw new UsageError("--node is on the network; leave --port and --sim out")
        if (channel !== undefined)
            throw new UsageError(
                "a channel is calibrated on USB, by whoever stands beside it; over the network go " +
                    "its records: export, import, rollback, verify, restore"
            )
        return openNetworkBench({ ...flags, node }, terminal)
    }
    if (broker !== undefined || keys !== undefined)
        throw new UsageError("--broker and --keys go with --node")
    if (sim === true) {
        const { openSimBench } = await import("../../calibration/sim-bench.js")
        const faults = new Map<string, Partial<SensorFault>>()
        if (simError !== undefined) faults.set(channel ?? "", faultOf(simError))
        line(
            terminal.err,
            "A simulated node with indoor climate, four minutes after it was switched on."
        )
        return openSimBench(seed, { faults })
    }
    if (simError !== undefined) throw new UsageError("--sim-error needs --sim")
    const link = await UsbLink.open(await thePort(port), {
        onNote: text => line(terminal.err, `suitcase: ${text}`),
    })
    try {
        const { device } = await boardOn(link)
        return {
            node: new NodeCalibration(new NodeService(link, device)),
            device,
            during: work => work,
            sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
            nowMs: () => Date.now(),
            close: () => link.close(),
        }
    } catch (e) {
        await link.close()
        throw e
    }
}

/** "gain=1.03,offset=40,noise=2" @throws UsageError */
export function faultOf(text: string): Partial<SensorFault> {
    const fault: Record<string, number> = {}
    for (const part of text.split(",")) {
        const [, name, value] = /^(gain|offset|noise)=(-?\d+(?:\.\d+)?)$/.exec(part) ?? []
        if (name === undefined)
            throw new UsageError(`--sim-error: write gain=1.03,offset=40,noise=2, not "${part}"`)
        fault[name] = Number(value)
    }
    return fault
}
