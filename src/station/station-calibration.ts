import * as ds from "@devicescript/core"
import { CalibratedChannel } from "../calibration/calibrated-channel.js"
import { Calibrations, RecordStore } from "../calibration/calibrations.js"
import { CopiedRecords } from "../calibration/copied-records.js"
import { Channel } from "../core/channel.js"
import { LEAF_SCHEMA } from "../core/protocol/topics.js"
import { QUALITY_UNCALIBRATED } from "../core/quality.js"
import { schemaEnd } from "../core/schema.js"
import { PiecesMessage } from "../uplink/message.js"
import { FrameSealer } from "../uplink/seal.js"
import { CommandServer, Uplink } from "../uplink/uplink.js"
import { CalibrationSlots } from "./calibration-slots.js"
import { CalibratedStation, RemoteRequests, StationCalibration } from "./options.js"
import { CalibrationService, ProcedureServer } from "./usb/calibration-service.js"
import { listening } from "./usb/node-service.js"
import { StationSchema } from "./station-schema.js"

/** Schemas that frames in the outbox may be of, at most: listeners remember as many of a node that is new to them. */
const MOST_SCHEMAS = 4

/**
 * Lets a node be calibrated while it is in use, over USB, which answers what `usbService` does as
 * well: docs/calibration-record.md.
 *
 *     calibration: calibrations()
 *
 * @param remote lets it be calibrated over the network, too: {@link remoteCalibration}; default not
 * @param procedures what its parts can do to themselves: `procedures` of usb/procedures.ts; default nothing
 */
export function calibrations(
    remote?: RemoteMaker,
    procedures?: ProcedureServer
): StationCalibration {
    return new KeptCalibrations(remote, procedures)
}

/** @param sealer undefined: the node has no key */
type RemoteMaker = (service: CalibrationService, sealer: FrameSealer) => RemoteRequests

class KeptCalibrations implements StationCalibration {
    all: Calibrations
    /** What each column is made of; undefined: nothing that can be calibrated. */
    private readonly sources: CalibratedChannel[] = []
    /** The ids in the schema, one per column. */
    private told: number[] = []
    /** Made before the settings are read: afterwards their role does not listen any more. */
    private readonly slots = new CalibrationSlots()
    private readonly schemas = new SchemaNews()

    constructor(
        private readonly remote: RemoteMaker,
        private readonly procedures: ProcedureServer
    ) {}

    async open(station: CalibratedStation): Promise<void> {
        const options = station.options
        const { rows, store } = station.sinks
        let records: RecordStore = this.slots
        if (store !== undefined) {
            const device = Buffer.from(ds.deviceIdentifier("self"))
            records = new CopiedRecords(records, store.outbox.log, store.part, device)
        }
        this.all = new Calibrations(records, options.sensors, station.clock)
        await this.all.load()
        const { columns, parts } = rows
        for (let i = 0; i < columns.length; i++)
            this.sources.push(this.sourceOf(columns[i], parts[i]))
        this.told = this.ids()
        station.schema.end = schemaEnd(this.told)
        const { all, schemas, remote, procedures } = this
        options.usb = (telling, uplink, settings) => {
            const service = new CalibrationService(telling, uplink, settings, all, procedures)
            if (remote !== undefined) schemas.requests = remote(service, station.sinks.sealer)
            return listening(service)
        }
        const maker = options.commands
        options.commands = (commanded, kept) => {
            if (maker !== undefined) schemas.commands = maker(commanded, kept)
            return schemas
        }
    }

    async settle(station: CalibratedStation): Promise<void> {
        const ids = this.ids()
        const { recorder, sinks } = station
        const { rows } = sinks
        let isSame = true
        for (let i = 0; i < ids.length; i++) {
            if (ids[i] === this.told[i]) continue
            isSame = false
            // Some samples of this row were corrected in another way than the last one. What is worse stays.
            if (rows.samples > 1 && rows.qualities[i] < QUALITY_UNCALIBRATED)
                rows.qualities[i] = QUALITY_UNCALIBRATED
        }
        if (isSame) return
        await recorder.flush()
        const schema = new StationSchema(station.options.app, rows.columns, rows.parts)
        schema.end = schemaEnd(ids)
        const id = await schema.id()
        this.told = ids
        this.schemas.add(station.schema, schema)
        recorder.setSchema(id)
        station.schema = schema
        station.schemaId = id
    }

    statusText(): string {
        return this.all.statusText()
    }

    /** Ids of the calibrations that the current samples were made with, one per column. */
    private ids(): number[] {
        const ids: number[] = []
        for (const source of this.sources) ids.push(source === undefined ? 0 : source.used)
        return ids
    }

    /** The channel that a column is made of; what rows make of a channel has its name in front, or its quantity. */
    private sourceOf(column: Channel, part: string): CalibratedChannel {
        let alike: CalibratedChannel = undefined
        let named = 0
        for (const channel of this.all.channels) {
            const { name, quantity } = channel.sensor.channels[channel.index]
            if (name === column.name) return channel
            const isVariant = column.name.startsWith(name + "_")
            if (isVariant && name.length > named) {
                alike = channel
                named = name.length
            } else if (
                alike === undefined &&
                quantity === column.quantity &&
                part === channel.sensor.part
            )
                alike = channel
        }
        return alike
    }
}

/**
 * Publishes schemas that are new, before the frames that need them. A server of commands, since
 * the uplink asks those before it sends a frame; real commands it passes on.
 */
class SchemaNews implements CommandServer {
    /** undefined: the node takes none. */
    commands: CommandServer
    /** undefined: it takes no requests of calibration. */
    requests: RemoteRequests
    /** Of this boot, oldest first, the station's own at the end; empty while there was but one. */
    private readonly schemas: StationSchema[] = []
    private isNew = false
    private connects = 0

    add(before: StationSchema, schema: StationSchema): void {
        const { schemas } = this
        if (schemas.length === 0) schemas.push(before)
        else if (schemas.length === MOST_SCHEMAS) schemas.shift()
        schemas.push(schema)
        this.isNew = true
    }

    take(text: string, isRetained: boolean): void {
        const { commands, requests } = this
        if (requests !== undefined && requests.takeRequest(text)) return
        if (commands !== undefined) commands.take(text, isRetained)
    }

    async answerNext(uplink: Uplink): Promise<boolean> {
        if (this.isNew || this.connects !== uplink.client.connects) {
            this.isNew = false
            this.connects = uplink.client.connects
            const { schemas } = this
            // The newest comes last: the broker retains it.
            for (const schema of schemas)
                await uplink.client.publish(new PiecesMessage(LEAF_SCHEMA, schema))
            if (schemas.length > 0) await uplink.sendStatus()
        }
        if (this.requests !== undefined && (await this.requests.answerRequest(uplink))) return true
        return this.commands !== undefined && (await this.commands.answerNext(uplink))
    }

    isReadyToReboot(): boolean {
        return this.commands !== undefined && this.commands.isReadyToReboot()
    }

    async reboot(uplink: Uplink): Promise<void> {
        await this.commands.reboot(uplink)
    }
}
