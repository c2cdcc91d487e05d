import { randomBuffer } from "@devicescript/crypto"
import { getI32, getU32 } from "../../core/bytes.js"
import { APPLIED } from "../../calibration/calibrations.js"
import { AT_ARGUMENTS, OPERATION_PROCEDURES } from "../../core/protocol/node-service.js"
import {
    LAST_PROCEDURE,
    RUN_ARGUMENT_BYTES,
    RUN_DONE,
    RUN_FAILED,
    RUN_GOING_ON,
    RUN_HEAD_BYTES,
    RUN_NONE,
} from "../../core/protocol/procedures.js"
import { PartProcedures, ProcedureStore } from "../../drivers/shared/procedures.js"
import { CALIBRATION_SLOTS } from "../calibration-slots.js"
import { jsonText } from "../status.js"
import { CorrectedParts, ItemRequest, ProcedureServer } from "../options.js"

/** The run was not announced by the token that the list told, or another one goes on. */
const REFUSED_TOKEN = 38
/** The part is in service: operation 0x42 takes it out. */
const REFUSED_IN_SERVICE = 39
/** The part has no such procedure. */
const REFUSED_PROCEDURE = 40
/** Other corrections are in force than whoever asks knows of: its readings may be corrected twice afterwards. */
const REFUSED_CORRECTIONS = 41

/**
 * Procedures of parts that are carried out when they are asked for over USB:
 *
 *     const co2 = new SCD4x(bus)
 *     … calibration: calibrations(undefined, procedures([new SCD4xCalibration(bus, co2)]))
 */
export function procedures(parts: PartProcedures[]): ProcedureServer {
    return new KeptProcedures(parts)
}

class KeptProcedures implements ProcedureServer {
    /** What the next run must give: nobody begins one by accident, or the same one twice. */
    private token = randomToken()
    /** Of the last run. */
    private state = RUN_NONE
    private part = 0
    private procedure = 0
    private result = 0
    private ran = 0
    private reason = ""

    constructor(private readonly parts: PartProcedures[]) {}

    async open(store: ProcedureStore): Promise<void> {
        const { parts } = this
        for (let i = 0; i < parts.length; i++) {
            const part = parts[i]
            if (part.open !== undefined) await part.open(store, CALIBRATION_SLOTS + i)
        }
    }

    answer(call: ItemRequest, all: CorrectedParts, operation: number, index: number): Buffer {
        const part = this.parts[index]
        if (part === undefined) return undefined
        if (operation === OPERATION_PROCEDURES) return Buffer.from(this.text(all, part))
        if (call.request.length >= AT_ARGUMENTS + RUN_ARGUMENT_BYTES) this.begin(call, all, index)
        return call.status === APPLIED ? this.told() : undefined
    }

    private begin(call: ItemRequest, all: CorrectedParts, index: number): void {
        const { request } = call
        const token = getU32(request, AT_ARGUMENTS + 5)
        // Asked again, as when the answer was lost on its way.
        if (token === this.ran) return
        const part = this.parts[index]
        const procedure = request[AT_ARGUMENTS]
        if (token !== this.token || this.state === RUN_GOING_ON) call.status = REFUSED_TOKEN
        else if (all.away !== part.driver) call.status = REFUSED_IN_SERVICE
        else if (procedure > LAST_PROCEDURE || ((part.procedures >> procedure) & 1) === 0)
            call.status = REFUSED_PROCEDURE
        else if (getU32(request, AT_ARGUMENTS + 9) !== correctionsOf(all, part))
            call.status = REFUSED_CORRECTIONS
        if (call.status !== APPLIED) return
        this.part = index
        this.procedure = procedure
        this.result = 0
        this.reason = ""
        this.ran = token
        this.token = randomToken()
        this.state = RUN_GOING_ON
        const self = this
        const argument = getI32(request, AT_ARGUMENTS + 1)
        const run = async () => await self.run(part, procedure, argument)
        run.start()
    }

    private async run(part: PartProcedures, procedure: number, argument: number): Promise<void> {
        let state = RUN_FAILED
        try {
            this.result = await part.carryOut(procedure, argument)
            state = RUN_DONE
        } catch (e) {
            this.reason = e instanceof Error ? e.message : "bus error"
        }
        this.state = state
    }

    private text(all: CorrectedParts, part: PartProcedures): string {
        const { channels, identity } = part.driver
        return (
            '{"v":1' +
            jsonText("part", part.driver.part) +
            jsonText("identity", identity) +
            jsonText("channel", channels[0].name) +
            (',"procedures":' + part.procedures) +
            (',"corrections":' + correctionsOf(all, part)) +
            (',"token":' + this.token + "}")
        )
    }

    private told(): Buffer {
        const reason = Buffer.from(this.reason)
        const item = Buffer.alloc(RUN_HEAD_BYTES + reason.length)
        item[0] = this.state
        item[1] = this.part
        item[2] = this.procedure
        item.setAt(3, "i32", this.result)
        item.setAt(7, "u32", this.ran)
        item.blitAt(RUN_HEAD_BYTES, reason, 0, reason.length)
        return item
    }
}

/** @returns the ids of all corrections in force on its channels, exclusive-or; 0: none */
function correctionsOf(all: CorrectedParts, part: PartProcedures): number {
    let ids = 0
    for (const channel of all.channels)
        if (channel.sensor === part.driver && channel.record !== undefined)
            ids = (ids ^ channel.record.id) >>> 0
    return ids
}

/** 1 … 2³²−1; 0 is no token. */
function randomToken(): number {
    const token = getU32(randomBuffer(4), 0)
    return token === 0 ? 1 : token
}
