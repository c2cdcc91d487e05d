import * as ds from "@devicescript/core"
import { Channel } from "../core/channel.js"
import { plainText } from "../core/protocol/commands.js"
import { LEAF_ACK, LEAF_SURVEY } from "../core/protocol/topics.js"
import { isSafeJson } from "../core/text.js"
import { showColour } from "../derived/light.js"
import { numberChannel, stateChannel } from "../drivers/shared/channels.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { TextMessage } from "../uplink/message.js"
import { CommandServer, Uplink } from "../uplink/uplink.js"
import { isPicoW, wifi } from "../uplink/wifi.js"
import { CommandedStation, CommandsMaker } from "./options.js"
import { causeOfStart } from "./start-cause.js"
import { TAIL_MARK, tailOf } from "./station-store.js"
import { claimTail } from "./tail.js"

const MOST_PLACES = 999
const MOST_ATTEMPTS = 100000
const MOST_MS = 600000
/** No signal is stronger or weaker than this, dBm; the platform says 128 without one. */
const WEAKEST = -127
const STRONGEST = 0
/** The mark and the place. */
const KEPT_BYTES = 3
const COMMAND_WORD = '"place"'
/** Brightness of the light, of 255: it is looked at indoors. */
const BRIGHT = 60
/** An answer later than this is shown as yellow, ms. */
const SLOW_MS = 2000

const PLACE = 0
const REACHED = 1
const DELAY = 2
const ATTEMPTS = 3
const LOSSES = 4
const SIGNAL = 5

/**
 * Whether the broker is within reach, place by place: with each sample a message of its own goes out (QoS 1), and the
 * next sample tells whether, and how soon, the broker has acknowledged it. It stands in the list of sensors, and beside the
 * commands:
 *
 *     const survey = new LinkSurvey(boardLight())
 *     await startStation({ sensors: [survey], commands: survey.beside(remoteCommands), … })
 *
 * The place is a number: one more with each start that nobody planned (power, or the reset button) where the node has a
 * store, and what the command {"id": text, "do": "place", "place": 1 … 999} says. With a new place attempts and losses
 * begin at 0.
 */
export class LinkSurvey extends SensorDriver implements CommandServer {
    private station: CommandedStation = undefined
    private commands: CommandServer = undefined
    private uplink: Uplink = undefined

    private place = 1
    private isPlaceKept = true
    private attempts = 0
    private losses = 0
    /** Uptime when the latest attempt began, −1 = there was none, and whether it is still to be sent, ms. */
    private begunAt = -1
    private isDue = false
    /** Time that it took, ms; −1 while the broker has not acknowledged it. */
    private took = -1
    private answer = ""

    /** @param light shows the latest attempt: green, yellow for more than 2 s, red for a loss */
    constructor(private readonly light: ds.Control) {
        super("derived: link survey", undefined, 0, channels())
    }

    /** @param maker {@link remoteCommands} @throws RangeError at the start of a station with keepLearned or Alarms */
    beside(maker: CommandsMaker): CommandsMaker {
        const self = this
        return (station, kept) => {
            claimTail(station)
            self.station = station
            self.recall(kept)
            self.commands = maker(station, kept)
            return self
        }
    }

    take(text: string, isRetained: boolean): void {
        if (text.indexOf(COMMAND_WORD) < 0) this.commands.take(text, isRetained)
        else this.answer = isRetained ? "" : this.takePlace(text)
    }

    async answerNext(uplink: Uplink): Promise<boolean> {
        this.uplink = uplink
        if (this.answer !== "") {
            const answer = this.answer
            this.answer = ""
            await this.keep()
            await uplink.publish(LEAF_ACK, answer, false)
            return true
        }
        if (this.isDue) {
            this.isDue = false
            await uplink.client.publish(new Probe(this, this.place, this.attempts))
            return true
        }
        return await this.commands.answerNext(uplink)
    }

    isReadyToReboot(): boolean {
        return this.commands.isReadyToReboot()
    }

    async reboot(uplink: Uplink): Promise<void> {
        await this.commands.reboot(uplink)
    }

    /** The broker has an attempt; one that counts as lost comes too late. */
    arrived(place: number, attempt: number): void {
        if (place !== this.place || attempt !== this.attempts || this.took >= 0) return
        this.took = ds.millis() - this.begunAt
    }

    protected override async setup(): Promise<void> {}

    protected override async measure(): Promise<void> {
        if (!this.isPlaceKept) await this.keep()
        this.put(PLACE, this.place)
        if (this.begunAt >= 0) await this.judge()
        this.put(ATTEMPTS, this.attempts)
        this.put(LOSSES, this.losses)
        await this.putSignal()
        this.attempts++
        this.took = -1
        this.begunAt = ds.millis()
        this.isDue = true
        if (this.uplink !== undefined) this.uplink.notify()
    }

    /** What became of the latest attempt. */
    private async judge(): Promise<void> {
        const { took } = this
        const isReached = took >= 0
        if (!isReached) this.losses++
        this.put(REACHED, isReached ? 1 : 0)
        if (isReached) this.put(DELAY, took)
        await showColour(
            this.light,
            isReached && took <= SLOW_MS ? 0 : BRIGHT,
            isReached ? BRIGHT : 0
        )
    }

    /** Of boards that tell the truth: the Pico W's figure is made up by its firmware. */
    private async putSignal(): Promise<void> {
        // Reading a register of a service that is not there would wait forever.
        if (!wifi.isBound || isPicoW()) return
        const rssi = await wifi.reading.read()
        if (rssi >= WEAKEST && rssi < STRONGEST) this.put(SIGNAL, rssi)
    }

    private recall(kept: Buffer): void {
        const store = this.station.sinks.store
        if (store === undefined) return
        if (kept !== undefined) {
            const tail = kept.slice(tailOf(kept))
            store.tail = tail
            if (tail.length === KEPT_BYTES) {
                this.place = tail[1] + 256 * tail[2]
                if (causeOfStart(store) === "power") this.begin(this.place + 1)
            }
        }
        this.isPlaceKept = false
    }

    private begin(place: number): void {
        this.place = place > MOST_PLACES ? 1 : place
        this.attempts = 0
        this.losses = 0
        this.begunAt = -1
        this.isDue = false
        this.isPlaceKept = false
    }

    private async keep(): Promise<void> {
        this.isPlaceKept = true
        const store = this.station.sinks.store
        if (store === undefined) return
        const tail = Buffer.alloc(KEPT_BYTES)
        tail[0] = TAIL_MARK
        tail[1] = this.place
        tail[2] = this.place >> 8
        await store.keepTail(tail)
    }

    /** @returns the answer to the command */
    private takePlace(text: string): string {
        let id = ""
        let error = "place must be a whole number from 1 to " + MOST_PLACES
        try {
            const parsed = isSafeJson(text) ? (JSON.parse(text) as Record<string, unknown>) : {}
            id = plainText(parsed["id"])
            const place = parsed["place"]
            if (id !== "" && parsed["do"] === "place" && typeof place === "number")
                if (place >= 1 && place <= MOST_PLACES && Math.floor(place) === place) {
                    error = ""
                    if (place !== this.place) this.begin(place)
                }
        } catch {
            error = "not a JSON object"
        }
        const end = error === "" ? ',"ok":true}' : ',"ok":false,"error":"' + error + '"}'
        return '{"id":"' + id + '"' + end
    }
}

function channels(): Channel[] {
    return [
        numberChannel("place", "place", MOST_PLACES),
        stateChannel("", "reached", "reachability"),
        linkChannel("delay", "roundTripTime", "ms", "C26", 0, MOST_MS),
        numberChannel("attempts", "attemptCount", MOST_ATTEMPTS),
        numberChannel("losses", "lossCount", MOST_ATTEMPTS),
        linkChannel("signal", "signalStrength", "dBm", "DBM", WEAKEST, STRONGEST),
    ]
}

function linkChannel(
    name: string,
    quantity: string,
    unit: string,
    unitCode: string,
    min: number,
    max: number
): Channel {
    return { name, quantity, unit, unitCode, scaleNumerator: 1, scaleDenominator: 1, min, max }
}

/** One attempt, as a message. */
class Probe extends TextMessage {
    constructor(
        private readonly survey: LinkSurvey,
        private readonly place: number,
        private readonly attempt: number
    ) {
        super(LEAF_SURVEY, '{"v":1,"place":' + place + ',"attempt":' + attempt + "}", false)
    }

    override async acknowledged(): Promise<void> {
        this.survey.arrived(this.place, this.attempt)
    }
}
