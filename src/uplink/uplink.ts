import * as ds from "@devicescript/core"
import { CRC16_START, crc16 } from "../core/crc.js"
import { BrokerOptions, MqttClient } from "./client.js"
import {
    EntryCarrier,
    EntryMessage,
    Envelope,
    PieceSource,
    PiecesMessage,
    TextMessage,
} from "./message.js"
import { randomWord } from "./random.js"
import { FrameSealer } from "./seal.js"
import { Remedies } from "./remedies.js"
import { isNetworkAway } from "./wifi.js"
import { ENTRY_CLOCK, Outbox } from "../core/outbox/outbox.js"
import {
    RESTART_NETWORK,
    RESTART_UNKNOWN,
    RESTART_STANDSTILL,
    restartIn,
    restartMember,
} from "../core/protocol/restart.js"
import { clientIdOf } from "../core/protocol/names.js"
import {
    LEAF_CLOCK,
    LEAF_COMMAND,
    LEAF_SCHEMA,
    LEAF_STATE,
    LEAF_STATUS,
    LEAF_TIME_GET,
    LEAF_TIME_SET,
    topicOf,
} from "../core/protocol/topics.js"
import { sleep } from "../scheduler/scheduler.js"

/** The pause before the first connect after boot is below this, ms. */
const FIRST_CONNECT_MS = 5000
/** First and longest pause before connecting again, ms; the pause is random below it. */
const BACKOFF_FIRST_MS = 5000
const BACKOFF_LONGEST_MS = 120000
/**
 * The platform tells of the end of a socket after writes to it have failed. A new socket would
 * take that for its own end, and a board then says GET to the broker when the new one opens.
 */
const LATE_EVENTS_MS = 100
/** A connection that lasted this long resets the pause, ms. */
const STABLE_MS = 60000
/** After this number in a row that were closed sooner, something is wrong with this client id, or with the broker. */
const MANY_CUT_SHORT = 3
/** Records are sent again this often, ms. */
const HOUSEKEEPING_MS = 6 * 3600 * 1000
/** A time request without reply is repeated after this, ms. */
const TIME_RETRY_MS = 60000
/** The first status record waits this long for the time, ms. */
const TIME_GRACE_MS = 5000
/** How long the idle loop sleeps at most: how late something may be noticed to be due, ms. */
const IDLE_MS = 10000
/** Pause between two looks whether the goodbye has arrived, ms. */
const GOODBYE_MS = 10000
/** Pause between two looks for an entry that can be read, ms. */
const LOOK_MS = 20

/**
 * Time without broker after which a node restarts itself, s: see
 * {@link UplinkOptions.restartAfterSeconds}.
 */
export const RESTART_AFTER_DURABLE_SECONDS = 6 * 3600
export const RESTART_AFTER_RAM_SECONDS = 48 * 3600

/** Where a node publishes, and how. */
export interface UplinkOptions {
    readonly host: string
    readonly port: number
    readonly isTls: boolean
    /** "" = none. */
    readonly user: string
    readonly password: string
    readonly site: string
    readonly node: string
    /** 0 … 65,535 s; 0 switches keep-alive off, and with it finding a dead link while idle. */
    readonly keepAliveSeconds: number
    /** Messages in flight at the same time, 1 … 16. */
    readonly window: number
    /** What frames go out in, for platforms that take only JSON; undefined: as they are. */
    readonly envelope?: Envelope
    /** Whether frames stay in the outbox, because they cannot go out as they are meant to. */
    readonly isHeld: boolean
    /** Seals frames that were stored before the node had its key (back); undefined: none is sealed here. */
    readonly sealer?: FrameSealer
    /**
     * Watchdog: after so long without a broker the node restarts itself; 0 =
     * never. {@link Remedies} restarts sooner what it knows to be beyond help. A restart
     * takes what is in RAM with it, so the time is short where the outbox outlives it, and
     * long where it does not: longer than people take to repair a network, and about as
     * long as a full outbox lasts, from when on readings are lost anyway. The restart is
     * announced on the console; the rows it took show as missing numbers between
     * the last frame and the next boot's first.
     */
    readonly restartAfterSeconds: number
    /** Whether rows and frames outlive a restart. */
    readonly isDurable: boolean
    /** Why the node started, as far as it knows. */
    readonly cause: string
}

/** What the uplink asks of the station. */
export interface StationRecords {
    /** Random number of this boot, 0 … 65,535. */
    readonly boot: number
    /** The status record as of now. */
    status: (uplink: Uplink) => Promise<PieceSource>
    /** The clock anchor record as of now; "" = none to send. */
    anchorText: () => string
    /** Saves what can be saved and restarts. @param cause RESTART_… */
    reboot: (cause: string) => Promise<void>
    readonly station: WatchedStation
}

/** What the uplink describes and watches over. */
export interface WatchedStation {
    /** Looks whether rows come, and wakes the station when they do not. @returns whether that did not help */
    isStandingStill: () => boolean
    /** The schema record. */
    readonly schema: PieceSource
    readonly recorder: {
        /** Puts the open frame into the outbox. */
        flush: () => Promise<void>
    }
}

/** What answers commands. An interface, so that apps without commands do not carry them. */
export interface CommandServer {
    /** Takes a command from the broker. Must not send. @param isRetained whether it comes with each subscription */
    take: (text: string, isRetained: boolean) => void
    /** Answers the next command whose turn it is. @returns false when there is none */
    answerNext: (uplink: Uplink) => Promise<boolean>
    /** Whether the node is to restart, so that nothing else is sent. */
    isReadyToReboot: () => boolean
    /** Says goodbye and restarts. */
    reboot: (uplink: Uplink) => Promise<void>
}

/** What may have to be sent before the next frame. An interface, so that apps without it do not carry it. */
export interface UplinkNews {
    /** Sends it, if there is anything. Asked before each command and frame. */
    sendNews: (uplink: Uplink) => Promise<void>
}

/** Requests of calibration from the network. An interface, so that apps without them do not carry them. */
export interface RemoteRequests {
    /** Takes a command, if it is such a request. Must not send. */
    takeRequest: (text: string) => boolean
    /** Answers the next one. @returns false when there is none */
    answerRequest: (uplink: Uplink) => Promise<boolean>
}

/** The clock that the uplink sets. */
export interface SettableClock {
    isSet: () => boolean
    /** Whether the newest time reply contradicts it. */
    isDisputed: () => boolean
    /** How long the last reply will do, ms. */
    refreshMs: () => number
    /** Takes a time reply. @returns false when it says nothing */
    accept: (requestUptimeMs: number, unixMs: number) => boolean
}

/**
 * Empties the outbox into an MQTT broker, keeps the connection up, asks for the
 * time and has commands answered. An entry leaves the outbox only after its PUBACK.
 */
export class Uplink implements EntryCarrier {
    /** Why the node started, as in the status record. */
    cause: string
    /** Frames of this boot that the broker acknowledged. */
    acknowledged = 0
    /** Entries of the outbox that could not be read and were passed over. */
    skipped = 0
    /** The latest connections that ended within a minute after the broker had accepted them, not by this node. */
    cutShort = 0
    /** Why the latest attempt to reach a broker, or the latest connection, failed; "" while none did. */
    problem = ""
    news: UplinkNews
    requests: RemoteRequests
    /** The status record of this connection is still to be sent. */
    isStatusWanted = true
    readonly client: MqttClient
    readonly envelope: Envelope
    readonly sealer: FrameSealer

    private readonly base: string
    private readonly commands: CommandServer
    private readonly isHeld: boolean
    private readonly isDurable: boolean
    private readonly remedies: Remedies
    /** Serial of the entry to send next. */
    private nextSerial = 0
    /** Serial of the entry to look at next, further on when that one cannot be read. */
    private lookAt = 0
    /** Uptime until which no entry is looked for, because none could be read, ms. */
    private unreadableUntil = 0
    private isIntroduced = false
    private timeAsked = 0
    private isTimeWanted = true
    private statusSent = 0

    /**
     * @param options are not kept: only the MQTT client needs the most of them
     * @param commands undefined: the node takes none
     */
    constructor(
        options: UplinkOptions,
        private readonly records: StationRecords,
        readonly outbox: Outbox,
        private readonly clock: SettableClock,
        commands?: CommandServer
    ) {
        this.base = topicOf(options.site, options.node, "")
        this.envelope = options.envelope
        this.sealer = options.sealer
        this.isHeld = options.isHeld
        this.cause = options.cause
        this.isDurable = options.isDurable
        this.remedies = new Remedies(
            options.isTls,
            options.isDurable,
            options.restartAfterSeconds * 1000
        )
        this.commands = commands
        this.client = newClient(this, this.brokerOptions(options))
    }

    /** Runs forever; never throws. Start it in a fiber of its own. */
    async run(): Promise<void> {
        let backoff = BACKOFF_FIRST_MS
        await sleep(this.firstPause())
        for (;;) {
            let problem = "error"
            try {
                await this.session()
            } catch (e) {
                if (e instanceof Error) problem = e.message
                console.warn("uplink: " + problem)
            }
            this.problem = problem
            const acceptedAt = this.client.acceptedAt
            const isClosed = this.client.isClosed()
            await this.closeQuietly()
            if (acceptedAt >= 0) {
                this.remedies.begin(true)
                if (this.isStable()) {
                    backoff = BACKOFF_FIRST_MS
                    this.cutShort = 0
                } else if (isClosed) this.noteCutShort()
            } else if (await this.remedies.noteFailure(problem)) await this.restart(RESTART_NETWORK)
            // Without a store, what waits for the network would be lost: first it has to come back.
            if (this.records.station.isStandingStill() && this.isDurable)
                await this.restart(RESTART_STANDSTILL)
            // Full jitter, so that nodes do not come back all at once.
            await sleep(LATE_EVENTS_MS + Math.floor((randomWord() * backoff) / 65536))
            // A longer pause spares a broker; without a network there is nobody to spare.
            backoff = isNetworkAway(problem)
                ? BACKOFF_FIRST_MS
                : Math.min(backoff * 2, BACKOFF_LONGEST_MS)
        }
    }

    /** Tells the uplink that there is something to send. */
    notify(): void {
        this.client.wake()
    }

    /** Takes a message from the broker. Runs in the middle of {@link MqttClient.pump}: must not send. */
    async receive(topic: string, payload: string, isRetained: boolean): Promise<void> {
        if (topic === this.base + LEAF_TIME_SET) await this.acceptTime(payload)
        if (topic === this.base + LEAF_STATE && this.cause === RESTART_UNKNOWN)
            this.cause = restartIn(payload)
        if (topic !== this.base + LEAF_COMMAND) return
        if (this.requests !== undefined && this.requests.takeRequest(payload)) return
        if (this.commands !== undefined) this.commands.take(payload, isRetained)
    }

    private brokerOptions(options: UplinkOptions): BrokerOptions {
        const base = this.base
        return {
            host: options.host,
            port: options.port,
            isTls: options.isTls,
            base,
            window: options.window,
            clientId: clientIdOf(options.node, ds.deviceIdentifier("self")),
            keepAliveSeconds: options.keepAliveSeconds,
            // The broker keeps commands while the node is away.
            isCleanSession: false,
            user: options.user,
            password: options.password,
            willTopic: base + LEAF_STATE,
            will: Buffer.from(this.stateText(false, "")),
        }
    }

    /**
     * After a power cut a whole street boots at once. The node's name spreads the first
     * connects even if the boards' random sources should begin alike. @returns ms
     */
    private firstPause(): number {
        const name = Buffer.from(this.base)
        const share = crc16(name, 0, name.length, CRC16_START) ^ this.records.boot
        return Math.floor((share * FIRST_CONNECT_MS) / 65536)
    }

    /** The state record. @param more further members */
    private stateText(isOnline: boolean, more: string): string {
        return (
            '{"v":1,"online":' +
            (isOnline ? "true" : "false") +
            ',"boot":' +
            this.records.boot +
            (more + "}")
        )
    }

    private async session(): Promise<void> {
        await this.client.connect()
        // What an earlier program had subscribed to may be something else.
        const isNew = !this.isIntroduced || !this.client.isSessionPresent
        // A broker that refuses the subscriptions may well keep the session: next time they are new again.
        this.isIntroduced = !isNew
        const commands = this.commands
        const wanted = [LEAF_TIME_SET]
        if (commands !== undefined || this.requests !== undefined) wanted.push(LEAF_COMMAND)
        if (isNew) {
            await this.client.subscribe(wanted)
            if (this.cause === RESTART_UNKNOWN) await this.askWhyStarted()
        }
        await this.introduce(isNew)
        this.isIntroduced = true
        this.isStatusWanted = true
        this.isTimeWanted = true
        this.timeAsked = 0
        for (;;) {
            const wait = await this.step()
            if (wait > 0) await this.client.pump(wait)
            if (commands !== undefined && commands.isReadyToReboot()) await commands.reboot(this)
            if (this.records.station.isStandingStill()) await this.endStandstill()
        }
    }

    /** Says who is here. @param isNew also what its frames mean */
    private async introduce(isNew: boolean): Promise<void> {
        await this.publish(LEAF_STATE, this.stateText(true, ""), true)
        if (isNew)
            await this.client.publish(new PiecesMessage(LEAF_SCHEMA, this.records.station.schema))
    }

    /** The last boot's goodbye, if there was one, is still with the broker. */
    private async askWhyStarted(): Promise<void> {
        try {
            await this.client.subscribe([LEAF_STATE])
        } catch {
            // A broker may keep it to itself. What else may be wrong, the next packet will find.
        }
    }

    private async endStandstill(): Promise<void> {
        if (!this.isDurable) {
            await this.records.station.recorder.flush()
            while (this.hasMore()) await this.sendNext()
        }
        await this.sayGoodbye(RESTART_STANDSTILL)
        await this.hangUp(RESTART_STANDSTILL)
    }

    /**
     * Tells the broker that the node is about to restart; it has that, and all
     * acknowledgements that were sent before, when this returns.
     * @param cause RESTART_…
     * @throws LinkError
     */
    async sayGoodbye(cause: string): Promise<void> {
        await this.publish(LEAF_STATE, this.stateText(false, restartMember(cause)), true)
        while (this.client.inFlight() > 0) await this.client.pump(GOODBYE_MS)
    }

    /** Hangs up and restarts. @param cause RESTART_… */
    async hangUp(cause: string): Promise<void> {
        try {
            await this.client.disconnect()
        } catch {
            console.warn("uplink: the connection broke at the goodbye")
        }
        await this.restart(cause)
    }

    /** Whether the connection lasted, or has lasted, for a while. */
    private isStable(): boolean {
        return ds.millis() - this.client.acceptedAt > STABLE_MS
    }

    private noteCutShort(): void {
        this.cutShort++
        if (this.isOftenCutShort())
            console.warn(
                "uplink: closed right after CONNACK " +
                    this.cutShort +
                    " times: another client with this id, or a limit of the broker"
            )
    }

    /** Whether {@link cutShort} is no accident any more. */
    isOftenCutShort(): boolean {
        return this.cutShort >= MANY_CUT_SHORT
    }

    /** Sends one thing that is due. @returns time to wait for the broker before the next, ms */
    private async step(): Promise<number> {
        if (this.cutShort > 0 && this.isStable()) {
            if (this.isOftenCutShort()) this.isStatusWanted = true
            this.cutShort = 0
        }
        if (this.isTimeDue()) await this.askTime()
        else if (!this.client.hasRoom()) return IDLE_MS
        else {
            if (this.news !== undefined) await this.news.sendNews(this)
            if (this.requests !== undefined && (await this.requests.answerRequest(this))) return 0
            const commands = this.commands
            if (commands !== undefined) {
                if (await commands.answerNext(this)) return 0
                if (commands.isReadyToReboot()) return IDLE_MS
            }
            if (this.hasMore()) return await this.sendNext()
            if (!this.isStatusDue()) return IDLE_MS
            if (this.isStatusWanted) await this.sendStatus()
            else await this.sendRecords()
        }
        return 0
    }

    /** Sends all that frames are read with anew: a broker may have lost it. @throws LinkError */
    async sendRecords(): Promise<void> {
        await this.introduce(true)
        if (this.clock.isSet()) await this.publish(LEAF_CLOCK, this.records.anchorText(), true)
        await this.sendStatus()
    }

    /** Whether all that was recorded has arrived at the broker. */
    isDrained(): boolean {
        return !this.hasMore() && this.client.inFlight() === 0
    }

    /** Whether an entry waits that was not sent and can be read. */
    private hasMore(): boolean {
        if (this.isHeld) return false
        if (this.nextSerial < this.outbox.firstSerial) this.nextSerial = this.outbox.firstSerial
        return this.nextSerial < this.outbox.nextSerial && ds.millis() >= this.unreadableUntil
    }

    /**
     * Sends the next entry that can be read. One that cannot is passed over only
     * for a later one that can: else it may be the store that is out of reach.
     * @returns as {@link step}
     */
    private async sendNext(): Promise<number> {
        if (this.lookAt < this.nextSerial) this.lookAt = this.nextSerial
        const serial = this.lookAt
        if ((await this.outbox.lengthOf(serial)) === 0) {
            this.lookAt++
            if (this.lookAt < this.outbox.nextSerial) return LOOK_MS
            this.lookAt = 0
            this.unreadableUntil = ds.millis() + IDLE_MS
            return 0
        }
        if (this.nextSerial < this.outbox.firstSerial) this.nextSerial = this.outbox.firstSerial
        if (serial > this.nextSerial) this.skipped += serial - this.nextSerial
        this.nextSerial = serial + 1
        await this.client.publish(new EntryMessage(this, serial))
        return 0
    }

    /** Sends a text with QoS 1. @throws LinkError */
    async publish(leaf: string, text: string, isRetained: boolean): Promise<void> {
        await this.client.publish(new TextMessage(leaf, text, isRetained))
    }

    private isTimeDue(): boolean {
        const since = ds.millis() - this.timeAsked
        if (this.isTimeWanted) return this.timeAsked === 0 || since > TIME_RETRY_MS
        return since > this.clock.refreshMs()
    }

    private async askTime(): Promise<void> {
        this.isTimeWanted = true
        this.timeAsked = ds.millis()
        await this.client.publishOnce(LEAF_TIME_GET, "" + this.timeAsked)
    }

    private isStatusDue(): boolean {
        // With the time in it, a status record dates the rows from before the sync.
        if (this.isTimeWanted && ds.millis() - this.timeAsked < TIME_GRACE_MS) return false
        return this.isStatusWanted || ds.millis() - this.statusSent > HOUSEKEEPING_MS
    }

    /** Sends the status record. @throws LinkError */
    async sendStatus(): Promise<void> {
        this.isStatusWanted = false
        this.statusSent = ds.millis()
        const record = await this.records.status(this)
        await this.client.publish(new PiecesMessage(LEAF_STATUS, record))
    }

    private async acceptTime(payload: string): Promise<void> {
        const space = payload.indexOf(" ")
        if (space <= 0 || !this.isTimeWanted) return
        const request = parseInt(payload.slice(0, space))
        if (request !== this.timeAsked) return
        const clock = this.clock
        const wasSet = clock.isSet()
        const wasDisputed = clock.isDisputed()
        if (!clock.accept(request, parseFloat(payload.slice(space + 1)))) return
        this.isTimeWanted = false
        const isDisputed = clock.isDisputed()
        if (isDisputed !== wasDisputed)
            console.warn("uplink: time " + (isDisputed ? "disputed" : "agreed"))
        if (!wasSet || isDisputed !== wasDisputed) this.isStatusWanted = true
        // Through the outbox, so that it is not lost and comes before later frames.
        const anchor = Buffer.from(this.records.anchorText())
        if (anchor.length > 0) await this.outbox.push(ENTRY_CLOCK, anchor, anchor.length)
    }

    private async restart(cause: string): Promise<void> {
        console.warn("uplink: restarting: " + cause)
        try {
            await this.records.reboot(cause)
        } catch {
            console.warn("uplink: restarting failed")
        }
    }

    private async closeQuietly(): Promise<void> {
        try {
            await this.client.close()
        } catch {
            console.warn("uplink: closing failed")
        }
    }
}

/** A function of its own, because a closure keeps all variables around it. */
function newClient(uplink: Uplink, options: BrokerOptions): MqttClient {
    return new MqttClient(options, async (topic, payload, isRetained) => {
        await uplink.receive(topic, payload, isRetained)
    })
}
