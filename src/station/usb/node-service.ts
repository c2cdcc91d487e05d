import * as ds from "@devicescript/core"
import { QUALITY_SKIPPED } from "../../core/quality.js"
import {
    AT_DATA,
    AT_INDEX,
    AT_OPERATION,
    AT_PART,
    AT_PARTS,
    AT_STATUS,
    EXCHANGE,
    NODE_SERVICE_CLASS,
    NODE_SERVICE_INDEX,
    OPERATION_CHANNEL,
    OPERATION_DIAGNOSTICS,
    OPERATION_IDENTITY,
    OPERATION_LIVE,
    OPERATION_READINGS,
    OPERATION_ROLL_BACK,
    OPERATION_RUN,
    OPERATION_SCHEMA,
    toldUptime,
    OPERATION_SETTINGS,
    PART_BYTES,
    READINGS_HEAD_BYTES,
    READING_BYTES,
    STATUS_DONE,
    STATUS_FAILED,
    STATUS_NO_ITEM,
    STATUS_NO_PART,
    STATUS_UNKNOWN_OPERATION,
} from "../../core/protocol/node-service.js"
import { Uplink } from "../../uplink/uplink.js"
import { sleep } from "../../scheduler/scheduler.js"
import { ItemRequest, ItemServer, NodeAnswers, TellingStation } from "../options.js"
import { NodeSettings } from "../settings.js"
import { countsText, jsonText, sensorText, stateText } from "../status.js"
import { FIRMWARE_VERSION } from "../version.js"

type Platform = typeof ds & {
    /** Takes a packet for the device that carries a program's services, in a fiber of its own. */
    _onServerPacket: (packet: ds.Packet) => Promise<void>
    /** Sends a packet as that device. */
    _serverSend: (serviceIndex: number, packet: ds.Packet) => Promise<void>
}

const CONTROL = 0
const ANNOUNCE = 0
/** An announcement of a device that did not just start. */
const STEADY = 0xf
/** Pause until the service may be free again, ms. */
const BUSY_MS = 20
/** Before the sensors. */
const DIAGNOSTIC_ITEMS = 2

/** Answers whoever asks over USB: services/suitcase.md. Reads only, and sends only when it is asked. */
export class NodeService implements NodeAnswers, ItemRequest {
    /** Of the reply that is being made. */
    status = STATUS_DONE
    /** What is being answered, from the operation on, 5 B or more. */
    request: Buffer
    /** The newest row of each column, as it goes out. */
    private readonly readings: Buffer
    /** What later parts are asked of; undefined: nothing. */
    private item: Buffer
    private itemOperation = 0
    private itemIndex = 0
    private isBusy = false
    more: ItemServer

    constructor(
        private readonly station: TellingStation,
        private readonly uplink: Uplink,
        private readonly settings: NodeSettings
    ) {
        const columns = station.sinks.rows.columns.length
        this.readings = Buffer.alloc(READINGS_HEAD_BYTES + columns * READING_BYTES)
        for (let i = 0; i < columns; i++) this.readings[qualityAt(i)] = QUALITY_SKIPPED
    }

    /** A fiber for each packet: only one of them may wait. */
    async receive(packet: ds.Packet): Promise<void> {
        if (this.isBusy) return
        this.isBusy = true
        try {
            if (packet.serviceIndex === CONTROL && packet.serviceCommand === ANNOUNCE)
                await announce()
            else if (
                packet.serviceIndex === NODE_SERVICE_INDEX &&
                packet.serviceCommand === EXCHANGE
            )
                await send(NODE_SERVICE_INDEX, await this.report(packet.payload))
        } catch {
            console.warn("usb: no room for an answer")
        }
        this.isBusy = false
    }

    /** Columns that were skipped keep what they had. */
    take(values: number[], qualities: number[], at: number): void {
        const readings = this.readings
        const told = toldUptime(at)
        for (let i = 0; i < values.length; i++) {
            const quality = qualities[i]
            if (quality === QUALITY_SKIPPED) continue
            const place = qualityAt(i)
            readings.setAt(place - 4, "i32", values[i])
            readings[place] = quality
            readings.setAt(place + 1, "u32", told)
        }
    }

    /**
     * Answers a request from the network, in its turn. What takes a part out of service is for whoever stands
     * beside it.
     *
     * @returns the reply without the operation
     */
    async replyRemotely(request: Buffer): Promise<Buffer> {
        const operation = request[AT_OPERATION]
        if (operation === OPERATION_LIVE || operation > OPERATION_ROLL_BACK)
            request[AT_OPERATION] = 0
        while (this.isBusy) await sleep(BUSY_MS)
        this.isBusy = true
        try {
            return await this.reply(request)
        } finally {
            this.isBusy = false
        }
    }

    /** Makes an item, of 1 B at least. @returns undefined: there is none, {@link status} says why */
    private tell(operation: number, index: number): Buffer {
        if (operation === OPERATION_READINGS && index === 0) {
            this.readings.setAt(0, "u32", toldUptime(ds.millis()))
            return this.readings.slice(0)
        }
        let text = ""
        if (operation === OPERATION_SCHEMA) {
            const schema = this.station.schema
            if (index < schema.pieces) text = schema.piece(index)
        } else if (operation === OPERATION_DIAGNOSTICS) text = this.diagnostics(index)
        else if (operation !== OPERATION_IDENTITY && operation !== OPERATION_SETTINGS) {
            if (operation !== OPERATION_READINGS) this.status = STATUS_UNKNOWN_OPERATION
        } else if (index === 0)
            text = operation === OPERATION_IDENTITY ? this.identity() : this.settingsText()
        return text === "" ? undefined : Buffer.from(text)
    }

    private async report(payload: Buffer): Promise<ds.Packet> {
        const reply = await this.reply(payload)
        return packetOf(this.request[AT_OPERATION], reply)
    }

    /** @param payload a request @returns the reply without the operation */
    private async reply(payload: Buffer): Promise<Buffer> {
        const request = Buffer.alloc(Math.max(payload.length, AT_DATA))
        request.blitAt(0, payload, 0, payload.length)
        this.request = request
        const operation = request[AT_OPERATION]
        const index = request[AT_INDEX]
        const part = request[AT_PART]
        let status = STATUS_DONE
        if (part === 0) status = await this.make(operation, index)
        else if (operation !== this.itemOperation || index !== this.itemIndex) this.item = undefined
        const item = this.item
        const parts = item === undefined ? 0 : Math.ceil(item.length / PART_BYTES)
        if (part >= parts && status === STATUS_DONE) status = STATUS_NO_PART
        let size = 0
        if (status === STATUS_DONE) size = Math.min(item.length - part * PART_BYTES, PART_BYTES)
        const reply = Buffer.alloc(AT_DATA - 1 + size)
        reply[0] = request[1]
        reply[AT_STATUS - 1] = status
        reply[AT_PART - 1] = part
        if (size > 0) {
            reply[AT_PARTS - 1] = parts
            reply.blitAt(AT_DATA - 1, item, part * PART_BYTES, size)
            // It was heap that others may want.
            if (part + 1 === parts) this.item = undefined
        }
        return reply
    }

    /** Takes an item anew. @returns STATUS_… */
    private async make(operation: number, index: number): Promise<number> {
        this.itemOperation = operation
        this.itemIndex = index
        this.status = STATUS_DONE
        this.item = undefined
        try {
            if (
                this.more !== undefined &&
                operation >= OPERATION_CHANNEL &&
                operation <= OPERATION_RUN
            )
                this.item = await this.more.answer(this, operation, index)
            else this.item = this.tell(operation, index)
        } catch (e) {
            console.warn("usb: " + (e instanceof Error ? e.message : "error"))
            return STATUS_FAILED
        }
        if (this.item === undefined && this.status === STATUS_DONE) return STATUS_NO_ITEM
        return this.status
    }

    private identity(): string {
        const { station, settings } = this
        return (
            '{"v":1' +
            jsonText("device", ds.deviceIdentifier("self")) +
            jsonText("node", settings.node) +
            jsonText("site", settings.site) +
            jsonText("board", ds._dcfgString("devName") ?? "") +
            jsonText("app", station.options.app) +
            jsonText("version", FIRMWARE_VERSION) +
            (',"schema":' + station.schemaId) +
            (',"columns":' + station.sinks.rows.columns.length) +
            (',"sensors":' + station.options.sensors.length + "}")
        )
    }

    /** @returns "" when there is no such item */
    private diagnostics(index: number): string {
        const { station, uplink } = this
        if (index === 0)
            return (
                stateText(station, uplink) +
                (',"broker":' + (uplink.client.acceptedAt >= 0 ? "true" : "false")) +
                (jsonText("problem", uplink.problem) + "}")
            )
        const store = station.sinks.store
        if (index === 1)
            return (
                "{" +
                countsText(station, uplink) +
                ((store === undefined ? "" : ',"store":' + store.statusText()) + "}")
            )
        const sensor = station.options.sensors[index - DIAGNOSTIC_ITEMS]
        if (sensor === undefined) return ""
        return '{"channels":' + sensor.channels.length + ',"sensor":' + sensorText(sensor) + "}"
    }

    private settingsText(): string {
        const settings = this.settings
        return (
            '{"health":"' +
            settings.health +
            ('"' + jsonText("host", settings.host)) +
            (',"port":' + settings.port) +
            (',"tls":' + truth(settings.tls)) +
            jsonText("form", settings.form) +
            jsonText("user", settings.user) +
            (',"password":' + truth(settings.password !== "")) +
            (',"seal":' + truth(settings.sealKey !== "") + "}")
        )
    }
}

/**
 * Lets a node be asked over USB who it is and how it is: services/suitcase.md.
 *
 *     usb: usbService
 */
export function usbService(
    station: TellingStation,
    uplink: Uplink,
    settings: NodeSettings
): NodeService {
    return listening(new NodeService(station, uplink, settings))
}

/** From now on the service answers. In a function: at the top level the compiler takes the assignment for a definition. */
function listening(service: NodeService): NodeService {
    const platform = ds as Platform
    platform._onServerPacket = async packet => await service.receive(packet)
    return service
}

function qualityAt(column: number): number {
    return READINGS_HEAD_BYTES + column * READING_BYTES + 4
}

function truth(value: boolean): string {
    return value ? "true" : "false"
}

async function announce(): Promise<void> {
    const announcement = ds.Control.spec.lookup("announce").response
    await send(CONTROL, announcement.encode([STEADY, 0, 0, NODE_SERVICE_CLASS]))
}

/** A report: the runtime makes packets after service specifications only, and I2C has a command of this number and layout. */
function packetOf(operation: number, reply: Buffer): ds.Packet {
    return ds.I2C.spec.lookup("transaction").response.encode([operation, reply])
}

async function send(serviceIndex: number, packet: ds.Packet): Promise<void> {
    await (ds as Platform)._serverSend(serviceIndex, packet)
}
