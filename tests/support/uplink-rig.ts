/** The uplink alone on the VM, with an outbox that a script fills, and a scripted broker. */
import { compile } from "../../sim/program/compile.js"
import { seconds } from "../../sim/time/duration.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { ScriptedBroker } from "./scripted-broker.js"

export interface UplinkRigOptions {
    readonly keepAliveSeconds?: number
    readonly window?: number
    readonly isJson?: boolean
    readonly hasUser?: boolean
    readonly restartAfterMinutes?: number
    /** Frames that are pushed. */
    readonly frames?: number
    /** Rounded up to a multiple of 16; in JSON, frame n has 2 + n bytes instead. */
    readonly frameBytes?: number
    /** Pause after each frame, a multiple of 10 ms up to 2,550. */
    readonly everyMs?: number
    /** Rounded up to a multiple of 64. */
    readonly outboxBytes?: number
    /** Whether the first frame is pushed 10 s after boot instead of at once. */
    readonly isQuiet?: boolean
    /** Whether the station refuses every new interval. */
    readonly refusesInterval?: boolean
    readonly seed?: number
    readonly heapProbeMs?: number
}

export const BASE = "suitcase/lab/n1"
/** Seconds of "identify" that put the outbox out of reach and back, or, added to a serial, tear an entry. */
export const AWAY = 41
export const BACK = 42
export const TORN = 50

export class UplinkRig {
    readonly world: World
    readonly broker: ScriptedBroker
    readonly node: SimNode

    constructor(options: UplinkRigOptions = {}) {
        this.world = new World({ seed: options.seed ?? 1 })
        this.broker = new ScriptedBroker(this.world)
        this.node = this.world.addNode({
            program: compile("devs/uplink-rig.ts", { source: SOURCE }),
            deviceId: packed(options),
            ...(options.heapProbeMs === undefined ? {} : { heapProbeMs: options.heapProbeMs }),
        })
    }

    /** Lines the program printed, the uplink's warnings among them. */
    get lines(): string[] {
        return this.node.console.map(line => line.text)
    }

    /** Numbers of frames that arrived, in the order of arrival. */
    get frames(): number[] {
        return this.broker.published("frame").map(p => numberOf(p.payload as Buffer))
    }

    async run(ms: number): Promise<void> {
        await this.world.run(ms)
    }

    /** Runs until this holds. @throws Error when it does not within the limit */
    async until(what: string, condition: () => boolean, limitMs = seconds(120)): Promise<void> {
        if (await this.world.runUntil(condition, limitMs)) return
        throw new Error(`not within ${limitMs} ms: ${what}\n${this.lines.slice(-8).join("\n")}`)
    }

    command(text: string, messageId = 0, dup = false): void {
        this.broker.publish(`${BASE}/cmd`, text, messageId, dup)
    }

    get acks(): string[] {
        return this.broker.published("ack").map(p => p.payload.toString())
    }

    close(): void {
        this.world.close()
    }
}

/** Frames of the rig carry their number in the first two bytes. */
export function numberOf(payload: Uint8Array): number {
    return payload[0] | (payload[1] << 8)
}

/** The options travel in the device id, so that one compiled program serves every test. */
function packed(options: UplinkRigOptions): string {
    const id = Buffer.alloc(8)
    id[0] =
        (options.window ?? 4) +
        (options.isJson === true ? 0x20 : 0) +
        (options.hasUser === true ? 0x40 : 0) +
        (options.isQuiet === true ? 0x80 : 0)
    id.writeUInt16LE(options.keepAliveSeconds ?? 60, 1)
    id[3] = Math.ceil((options.frameBytes ?? 48) / 16)
    id[4] = options.frames ?? 0
    id[5] = (options.everyMs ?? 0) / 10
    id[6] = Math.ceil((options.outboxBytes ?? 16_000) / 64)
    id[7] = (options.restartAfterMinutes ?? 0) + (options.refusesInterval === true ? 0x80 : 0)
    return id.toString("hex")
}

const SOURCE = `import * as ds from "@devicescript/core"
import { NodeClock } from "../src/uplink/clock.js"
import { Commands } from "../src/uplink/commands.js"
import { jsonEnvelope } from "../src/uplink/json-envelope.js"
import { Uplink } from "../src/uplink/uplink.js"
import { ENTRY_FRAME, RamOutbox } from "../src/core/outbox/outbox.js"

const id = Buffer.from(ds.deviceIdentifier("self"), "hex")
const isJson = (id[0] & 0x20) !== 0
const hasUser = (id[0] & 0x40) !== 0
/** A store that is out of reach, or has a torn entry, when "identify" says so. */
class FaultyOutbox extends RamOutbox {
    isAway = false
    torn = 0
    override async lengthOf(serial: number): Promise<number> {
        // The board knows no call of an overridden method.
        const ram: any = this
        return this.isAway || serial === this.torn ? 0 : ram.sizeOf(serial)
    }
}
const outbox = new FaultyOutbox(Buffer.alloc(id[6] * 64))
outbox.ownSerial = 1
const clock = new NodeClock()
function whole(text: string) { return { pieces: 1, piece: () => text } }
async function reboot(cause: string) { console.log("DID reboot " + cause); ds.reboot() }
const uplink: Uplink = new Uplink({
    host: "broker", port: 1883, isTls: false, user: hasUser ? "aarhus" : "", password: hasUser ? "secret" : "",
    site: "lab", node: "n1", keepAliveSeconds: id[1] | (id[2] << 8), window: id[0] & 0x1f,
    envelope: isJson ? jsonEnvelope : undefined,
    isHeld: false, restartAfterSeconds: (id[7] & 0x7f) * 60, isDurable: false, cause: "power",
}, {
    boot: 4711,
    status: async () => whole('{"v":2,"acked":' + uplink.acknowledged + ',"skipped":' + uplink.skipped + ',"resent":' + uplink.client.resent + ',"oversize":' + uplink.client.oversize + "}"),
    anchorText: () => clock.anchorText(4711),
    reboot,
    station: { isStandingStill: () => false, schema: { pieces: 1, piece: () => '{"v":1}' }, recorder: { flush: async () => {} } },
}, outbox, clock, new Commands({
    report: async () => { console.log("DID report") },
    changeInterval: async (seconds: number) => { console.log("DID interval " + seconds); return (id[7] & 0x80) !== 0 ? "too fast for the sensors" : "" },
    identify: (seconds: number) => {
        console.log("DID identify " + seconds)
        if (seconds === ${AWAY}) outbox.isAway = true
        if (seconds === ${BACK}) outbox.isAway = false
        if (seconds > ${TORN}) outbox.torn = seconds - ${TORN}
        return ""
    },
    outboxText: () => '"frames":' + (outbox.nextSerial - outbox.firstSerial),
    keepIds: async (bytes: Buffer, length: number) => { console.log("KEEP " + bytes.slice(0, length).toString("hex")) },
}, undefined))
async function push(n: number): Promise<void> {
    const frame = Buffer.alloc(isJson ? 2 + n : id[3] * 16)
    for (let i = 2; i < frame.length; i++) frame[i] = 37 * i + n
    frame[0] = n & 0xff
    frame[1] = n >> 8
    await outbox.push(ENTRY_FRAME, frame, frame.length)
    uplink.notify()
}
uplink.run.start()
if ((id[0] & 0x80) !== 0) await ds.sleep(10000)
for (let n = 1; n <= id[4]; n++) {
    await push(n)
    await ds.sleep(id[5] * 10)
}
`
