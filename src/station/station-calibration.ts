import * as ds from "@devicescript/core"
import { Calibrations } from "../calibration/calibrations.js"
import { CopiedRecords } from "../calibration/copied-records.js"
import {
    AT_ARGUMENTS,
    LIVE_END,
    OPERATION_APPLY,
    OPERATION_CHANNEL,
    OPERATION_LIVE,
    OPERATION_RECORD,
    OPERATION_ROLL_BACK,
} from "../core/protocol/node-service.js"
import { RECORD_ID_BYTES } from "../core/calibration/record.js"
import { getU32 } from "../core/bytes.js"
import { LEAF_SCHEMA } from "../core/protocol/topics.js"
import { schemaEnd } from "../core/schema.js"
import { PiecesMessage } from "../uplink/message.js"
import { FrameSealer } from "../uplink/seal.js"
import { RemoteRequests, Uplink, UplinkNews } from "../uplink/uplink.js"
import { CalibrationSlots } from "./calibration-slots.js"
import {
    CalibratedStation,
    ConnectedStation,
    ItemRequest,
    ItemServer,
    NodeAnswers,
    ProcedureServer,
    StationCalibration,
} from "./options.js"
import { NodeSettings } from "./settings.js"
import { StationSchema } from "./station-schema.js"
import { usbService } from "./usb/node-service.js"

/** Schemas that frames in the outbox may be of, at most: listeners remember as many of a node that is new to them. */
const MOST_SCHEMAS = 4

/**
 * Lets a node be calibrated while it is in use, over USB: docs/calibration-record.md. A program that names no
 * service there gets {@link usbService}.
 *
 *     calibration: calibrations()
 *
 * @param remote lets it be calibrated over the network, too: {@link remoteCalibration}; default not
 * @param procedures what its parts can do to themselves: `procedures` of usb/procedures.ts; default nothing
 */
export function calibrations(remote?: RemoteMaker, procedures?: ProcedureServer): KeptCalibrations {
    return new KeptCalibrations(remote, procedures)
}

/** @param sealer undefined: the node has no key */
type RemoteMaker = (service: NodeAnswers, sealer: FrameSealer) => RemoteRequests

class KeptCalibrations extends Calibrations implements StationCalibration, ItemServer, UplinkNews {
    /** Made before the settings are read: afterwards their role does not listen any more. */
    private readonly slots = new CalibrationSlots()
    /** Of this boot, oldest first, the station's own at the end; empty while there was but one. */
    private readonly schemas: StationSchema[] = []
    /** Connections when schemas were published last; −1 when some are new. */
    private connects = 0

    constructor(
        private readonly remote: RemoteMaker,
        private readonly procedures: ProcedureServer
    ) {
        super()
    }

    async open(station: CalibratedStation): Promise<void> {
        const device = Buffer.from(ds.deviceIdentifier("self"))
        const records = new CopiedRecords(this.slots, station.sinks.store, device)
        await this.load(records, station.options.sensors, station)
        station.schema.end = schemaEnd(this.channels)
        if (this.procedures !== undefined) await this.procedures.open(this.slots)
    }

    connect(station: ConnectedStation, uplink: Uplink, settings: NodeSettings): void {
        uplink.news = this
        if (station.watcher === undefined) station.watcher = usbService(station, uplink, settings)
        const { remote } = this
        const { watcher, sinks } = station
        watcher.more = this
        if (remote !== undefined) uplink.requests = remote(watcher, sinks.sealer)
    }

    async settle(station: CalibratedStation): Promise<void> {
        if (!this.isNew) return
        this.isNew = false
        const { recorder, options } = station
        const { columns, parts } = station.sinks.rows
        await recorder.flush()
        const schema = new StationSchema(options.app, columns, parts)
        schema.end = schemaEnd(this.channels)
        const id = await schema.id()
        const { schemas } = this
        if (schemas.length === 0) schemas.push(station.schema)
        else if (schemas.length === MOST_SCHEMAS) schemas.shift()
        schemas.push(schema)
        this.connects = -1
        recorder.setSchema(id)
        station.schema = schema
        station.schemaId = id
    }

    /** Publishes schemas that are new, before the frames that need them. */
    async sendNews(uplink: Uplink): Promise<void> {
        const { connects } = uplink.client
        if (this.connects === connects) return
        this.connects = connects
        const { schemas } = this
        if (schemas.length === 0) return
        // The newest comes last: the broker retains it.
        for (const schema of schemas)
            await uplink.client.publish(new PiecesMessage(LEAF_SCHEMA, schema))
        await uplink.sendStatus()
    }

    protected override clockMs(): number {
        return ds.millis()
    }

    /** Operations 0x40 to 0x46 of services/suitcase.md. */
    async answer(call: ItemRequest, operation: number, index: number): Promise<Buffer> {
        const { request } = call
        if (operation === OPERATION_RECORD) return await this.read(index)
        if (operation === OPERATION_APPLY) {
            call.status = await this.apply(request.slice(AT_ARGUMENTS))
            return request.slice(request.length - RECORD_ID_BYTES)
        }
        if (operation > OPERATION_ROLL_BACK) {
            const { procedures } = this
            if (procedures === undefined) return undefined
            return procedures.answer(call, this, operation, index)
        }
        const channel = this.channels[index]
        if (channel === undefined) return undefined
        const { sensor, record } = channel
        if (operation === OPERATION_CHANNEL)
            return Buffer.from(
                channel.name +
                    ("\n" + sensor.part) +
                    ("\n" + sensor.identity) +
                    ("\n" + (record === undefined ? 0 : record.id)) +
                    ("\n" + channel.slot) +
                    ("\n" + channel.otherSlot) +
                    ("\n" + channel.isOther())
            )
        if (operation === OPERATION_LIVE) {
            const seconds = request[AT_ARGUMENTS]
            if (seconds === LIVE_END) this.bringBack()
            else if (seconds > 0) this.takeAway(sensor, seconds)
            return channel.sample.slice(0)
        }
        if (request.length < AT_ARGUMENTS + RECORD_ID_BYTES) return undefined
        call.status = await this.rollBack(channel, getU32(request, AT_ARGUMENTS))
        return request.slice(AT_ARGUMENTS)
    }
}
