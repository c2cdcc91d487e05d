import * as ds from "@devicescript/core"
import { BrokerOptions, MqttClient } from "./client.js"
import { NodeClock } from "./clock.js"
import { randomWord } from "./random.js"
import { Outbox } from "./wire/outbox.js"
import {
    LEAF_ACK,
    LEAF_COMMAND,
    LEAF_FRAME,
    LEAF_SCHEMA,
    LEAF_STATUS,
    LEAF_TIME_GET,
    LEAF_TIME_SET,
    topicOf,
} from "./wire/topics.js"

/** First and longest pause before connecting again, ms; the pause is random below it. */
const BACKOFF_FIRST_MS = 1000
const BACKOFF_LONGEST_MS = 120000
/** A connection that lasted this long resets the pause, ms. */
const STABLE_MS = 60000
/** Time and status are refreshed this often, ms. */
const HOUSEKEEPING_MS = 6 * 3600 * 1000
/** A time request without reply is repeated after this, ms. */
const TIME_RETRY_MS = 60000
/** The first status record waits this long for the time, ms. */
const TIME_GRACE_MS = 5000
/** How long the idle loop sleeps at most: bounds the delay of pings, ms. */
const IDLE_MS = 10000

/** What the uplink asks of the station. */
export interface StationRecords {
    /** The schema record. */
    readonly schema: string
    /** The status record as of now. */
    status: () => string
    /** Puts the open frame into the outbox. */
    flush: () => Promise<void>
}

/** Identifies a node at its broker. */
export interface NodeAddress {
    readonly site: string
    readonly node: string
}

/**
 * Empties the outbox into an MQTT broker, keeps the connection up, asks for the
 * time and answers commands. A frame leaves the outbox only after its PUBACK.
 */
export class Uplink {
    /** Frames acknowledged by the broker since boot. */
    acknowledged = 0

    private readonly client: MqttClient
    private readonly base: string
    private sleeper: ds.Fiber = undefined
    /** Packet id of the oldest frame once it was sent; 0 = not sent yet. */
    private headPacketId = 0
    private headSerial = 0
    private timeAsked = 0
    private isTimeWanted = true
    private isStatusWanted = true
    private statusSent = 0
    private commands: string[] = []

    constructor(
        broker: BrokerOptions,
        address: NodeAddress,
        private readonly records: StationRecords,
        private readonly outbox: Outbox,
        private readonly clock: NodeClock
    ) {
        const self = this
        this.base = topicOf(address.site, address.node, "")
        this.client = new MqttClient(broker, (topic, payload) => self.receive(topic, payload))
    }

    /** Runs for ever; never throws. Start it in a fiber of its own. */
    async run(): Promise<void> {
        let backoff = BACKOFF_FIRST_MS
        for (;;) {
            const started = ds.millis()
            try {
                await this.session()
            } catch (e) {
                console.warn("uplink: " + (e instanceof Error ? e.message : "error"))
            }
            await this.closeQuietly()
            if (ds.millis() - started > STABLE_MS) backoff = BACKOFF_FIRST_MS
            // Full jitter, so that nodes do not come back all at once.
            await ds.sleep(Math.floor((randomWord() * backoff) / 65536))
            backoff = Math.min(backoff * 2, BACKOFF_LONGEST_MS)
        }
    }

    /** Tells the uplink that there is something to send. */
    notify(): void {
        const fiber = this.sleeper
        this.sleeper = undefined
        if (fiber !== undefined && fiber.suspended) fiber.resume(true)
    }

    private async session(): Promise<void> {
        await this.client.connect()
        await this.client.subscribe(this.base + LEAF_COMMAND)
        await this.client.subscribe(this.base + LEAF_TIME_SET)
        await this.client.publishText(this.base + LEAF_SCHEMA, this.records.schema, true)
        this.isStatusWanted = true
        this.isTimeWanted = true
        while (this.client.isConnected) {
            if (this.isTimeDue()) await this.askTime()
            else if (this.outbox.firstSerial < this.outbox.nextSerial) await this.sendOldest()
            else if (this.commands.length > 0) await this.answer(this.commands.shift())
            else if (this.isStatusDue()) await this.sendStatus()
            else {
                await this.client.keepAlive()
                await this.idle()
            }
        }
    }

    private async idle(): Promise<void> {
        this.sleeper = ds.Fiber.self()
        await ds.suspend<boolean>(IDLE_MS)
        this.sleeper = undefined
    }

    private async sendOldest(): Promise<void> {
        // The id belongs to the frame: it stays the same when the frame is sent
        // again, unless that frame was dropped meanwhile.
        const serial = this.outbox.firstSerial
        const length = await this.outbox.lengthOf(serial)
        if (length === 0) return await this.outbox.release(serial)
        const isAgain = this.headPacketId !== 0 && this.headSerial === serial
        if (!isAgain) this.headPacketId = this.client.nextPacketId()
        this.headSerial = serial
        const packet = this.client.publishPacket(
            this.base + LEAF_FRAME,
            this.headPacketId,
            length,
            false,
            isAgain
        )
        await this.outbox.read(serial, packet, packet.length - length)
        await this.client.publish(packet, this.headPacketId)
        this.headPacketId = 0
        this.acknowledged++
        await this.outbox.release(serial)
    }

    private isTimeDue(): boolean {
        const since = ds.millis() - this.timeAsked
        if (this.isTimeWanted) return this.timeAsked === 0 || since > TIME_RETRY_MS
        return since > HOUSEKEEPING_MS
    }

    private async askTime(): Promise<void> {
        this.isTimeWanted = true
        this.timeAsked = ds.millis()
        await this.client.publishTextOnce(this.base + LEAF_TIME_GET, "" + this.timeAsked)
    }

    private isStatusDue(): boolean {
        // With the time in it, a status record dates the rows from before the sync.
        if (this.isTimeWanted && ds.millis() - this.timeAsked < TIME_GRACE_MS) return false
        return this.isStatusWanted || ds.millis() - this.statusSent > HOUSEKEEPING_MS
    }

    private async sendStatus(): Promise<void> {
        await this.client.publishText(this.base + LEAF_STATUS, this.records.status(), true)
        this.isStatusWanted = false
        this.statusSent = ds.millis()
    }

    /** Runs in the reader's fiber: only notes what is to be done. */
    private receive(topic: string, payload: string): void {
        if (topic === this.base + LEAF_TIME_SET) {
            this.acceptTime(payload)
            return
        }
        if (topic === this.base + LEAF_COMMAND && this.commands.length < MAX_WAITING_COMMANDS) {
            this.commands.push(payload)
            this.flushAndNotify.start()
        }
    }

    private async flushAndNotify(): Promise<void> {
        try {
            await this.records.flush()
        } catch {
            console.warn("uplink: the open frame could not be closed")
        }
        this.notify()
    }

    private acceptTime(payload: string): void {
        const space = payload.indexOf(" ")
        if (space <= 0) return
        const request = parseInt(payload.slice(0, space))
        const unixMs = parseFloat(payload.slice(space + 1))
        if (request !== this.timeAsked || !(unixMs > EARLIEST_UNIX_MS)) return
        if (!this.clock.isSet()) this.isStatusWanted = true
        this.clock.accept(request, unixMs)
        this.isTimeWanted = false
        this.notify()
    }

    /** Every frame is out when this runs, so the status record covers all of them. */
    private async answer(command: string): Promise<void> {
        let id = ""
        let isKnown = false
        try {
            const parsed = JSON.parse(command) as Record<string, unknown>
            id = commandId(parsed)
            isKnown = parsed["do"] === "report"
        } catch {
            isKnown = false
        }
        if (isKnown) await this.sendStatus()
        await this.client.publishText(
            this.base + LEAF_ACK,
            '{"id":"' +
                id +
                '","ok":' +
                (isKnown ? "true" : 'false,"error":"unknown command"') +
                "}",
            false
        )
    }

    private async closeQuietly(): Promise<void> {
        try {
            await this.client.close()
        } catch {
            console.warn("uplink: closing failed")
        }
    }
}

/** Commands kept while one is being answered; further ones are ignored. */
const MAX_WAITING_COMMANDS = 4

/** A time before 2024 is a server without a clock, not a time. */
const EARLIEST_UNIX_MS = 1704067200000

/** The command's id when it is a short text that needs no escaping, else "". */
function commandId(command: Record<string, unknown>): string {
    const id = command["id"]
    if (typeof id !== "string" || id.length > 32) return ""
    for (let i = 0; i < id.length; i++) {
        const code = id.charCodeAt(i)
        if (code === 0x22 || code === 0x5c) return ""
    }
    return id
}
