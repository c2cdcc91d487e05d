/** The nodes that a command is for: on USB, or simulated. */
import { realBench, type Bench } from "../../calibration/bench.js"
import { type CertificateLanguage } from "../../calibration/certificate.js"
import { type SensorFault } from "../../calibration/sim-bench.js"
import { type SimSetName } from "../../calibration/sim-sets.js"
import { BoardError } from "../../flash/board-access.js"
import { boardOn } from "../../flash/usb/ask.js"
import { NodeService } from "../../flash/usb/node-service.js"
import { UsbLink } from "../../flash/usb/usb-link.js"
import { UsageError } from "../errors.js"
import { Interrupted } from "../interrupt.js"
import { line, type Terminal } from "../terminal.js"
import { boardPorts } from "../usb/find-boards.js"
import { thePort } from "../usb/open.js"
import { textsOf } from "./texts.js"
import { openNetworkBench, type NetworkFlags } from "./network-bench.js"

export interface BenchFlags extends NetworkFlags {
    readonly port: readonly string[]
    readonly all?: true
    readonly sim?: true
    readonly simNodes: number
    readonly simError?: string
    /** The simulated node has parts that the indoor climate has not; true: those of the air. */
    readonly simParts?: SimSetName | true
    readonly seed: number
    readonly language?: CertificateLanguage
}

/** A port whose board cannot be calibrated. */
export interface ClosedPort {
    readonly port: string
    readonly problem: string
}

/** One node. @param channel that a fault of the simulated sensor is for */
export async function openBench(
    flags: BenchFlags,
    channel: string | undefined,
    terminal: Terminal
): Promise<Bench> {
    const { node } = flags
    if (node !== undefined) {
        if (flags.port.length > 0 || flags.all === true || flags.sim === true)
            throw new UsageError("--node is on the network; leave --port, --all and --sim out")
        return openNetworkBench({ ...flags, node }, terminal)
    }
    if (flags.broker !== undefined || flags.keys !== undefined)
        throw new UsageError("--broker and --keys go with --node")
    if (flags.port.length > 1 || flags.all === true || flags.simNodes > 1)
        throw new UsageError("this is for one node at a time: choose it with --port")
    if (flags.sim === true) {
        line(terminal.err, textsOf(flags.language).simulatedNode(await partsText(flags)))
        return openSimulated(flags, channel, 0)
    }
    if (flags.simError !== undefined) throw new UsageError("--sim-error needs --sim")
    return openPort(flags.port.at(0), note(terminal))
}

/** All nodes that are named, or that are there. @returns those that answer, and the other ports */
export async function openBenches(
    flags: BenchFlags,
    channel: string | undefined,
    terminal: Terminal
): Promise<{ benches: Bench[]; closed: ClosedPort[] }> {
    const benches: Bench[] = []
    const closed: ClosedPort[] = []
    if (flags.sim === true) {
        line(terminal.err, textsOf(flags.language).simulatedNodes(flags.simNodes))
        for (let i = 0; i < flags.simNodes; i++)
            benches.push({
                ...(await openSimulated(flags, channel, i)),
                name: `sim-${i + 1}`,
            })
        return { benches, closed }
    }
    const ports = flags.all === true ? (await boardPorts()).map(({ path }) => path) : flags.port
    if (ports.length === 0)
        throw new UsageError(
            "no board is plugged in (with a data cable?); name its port with --port"
        )
    for (const port of new Set(ports))
        try {
            benches.push(await named(await openPort(port, note(terminal))))
        } catch (e) {
            if (!(e instanceof BoardError)) throw e
            closed.push({ port, problem: e.message })
        }
    return { benches, closed }
}

/** Each wait ends when the signal comes. */
export function interruptible(bench: Bench, signal: AbortSignal): Bench {
    return {
        ...bench,
        sleep: async ms => {
            let abort = (): void => undefined
            const aborted = new Promise<never>((_, reject) => {
                abort = () => reject(new Interrupted())
                signal.addEventListener("abort", abort)
            })
            try {
                if (signal.aborted) throw new Interrupted()
                await Promise.race([bench.sleep(ms), aborted])
            } finally {
                signal.removeEventListener("abort", abort)
            }
        },
    }
}

/** @param given a port's path; undefined: that of the only board */
async function openPort(given: string | undefined, onNote: (text: string) => void): Promise<Bench> {
    const link = await UsbLink.open(await thePort(given), { onNote })
    try {
        const { device } = await boardOn(link)
        return realBench(new NodeService(link, device), device, () => link.close())
    } catch (e) {
        await link.close()
        throw e
    }
}

/** With the name that its settings give it. */
async function named(bench: Bench): Promise<Bench> {
    try {
        const { node } = await bench.during(bench.node.service.identity())
        return { ...bench, name: node }
    } catch (e) {
        await bench.close()
        throw e
    }
}

async function openSimulated(
    { simError, simParts, seed }: BenchFlags,
    channel: string | undefined,
    index: number
): Promise<Bench> {
    const { openSimBench } = await import("../../calibration/sim-bench.js")
    const faults = new Map<string, Partial<SensorFault>>()
    if (simError !== undefined) {
        if (channel === undefined) throw new UsageError("--sim-error needs --channel")
        faults.set(channel, faultOf(simError))
    }
    return openSimBench(seed + index, { faults, ...setOf(simParts) })
}

function setOf(simParts: BenchFlags["simParts"]): { readonly set?: SimSetName } {
    if (simParts === undefined) return {}
    return { set: simParts === true ? "air" : simParts }
}

async function partsText(flags: BenchFlags): Promise<string> {
    const { SIM_SETS } = await import("../../calibration/sim-sets.js")
    const { set } = setOf(flags.simParts)
    return set === undefined ? textsOf(flags.language).indoorClimate : SIM_SETS[set].parts
}

function note(terminal: Terminal): (text: string) => void {
    return text => line(terminal.err, `suitcase: ${text}`)
}

/** "gain=1.03,offset=40,noise=2" @throws UsageError */
export function faultOf(text: string): Partial<SensorFault> {
    const fault: Record<string, number> = {}
    for (const part of text.split(",")) {
        const [, name, value] =
            /^(gain|offset|noise|emissivity|glass)=(-?\d+(?:\.\d+)?)$/.exec(part) ?? []
        if (name === undefined)
            throw new UsageError(`--sim-error: write gain=1.03,offset=40,noise=2, not "${part}"`)
        fault[name] = Number(value)
    }
    return fault
}
