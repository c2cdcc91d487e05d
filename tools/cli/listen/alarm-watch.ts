/** Tells people when alarms of nodes begin and end. */
import { type FrameOrigin, type NodeAlarm, type Schema } from "../../decoder/index.js"
import { decimals, toUnit } from "../../../src/core/channel.js"
import { quantity } from "../view/format.js"

/** Alarms and nodes that are remembered. */
const MOST = 10_000

export class AlarmWatch {
    private readonly known = new Map<string, NodeAlarm>()
    private readonly schemas = new Map<string, Schema>()

    /** @param note writes a line for people */
    constructor(private readonly note: (text: string) => void) {}

    /** Units of what alarms watch. */
    schema({ site, node }: FrameOrigin, schema: Schema): void {
        keep(this.schemas, `${site}/${node}`, schema)
    }

    /** Notes a change; what is only said again is none, nor is that all is well with a node that just came. */
    alarm({ site, node }: FrameOrigin, alarm: NodeAlarm): void {
        const key = `${site}/${node} ${alarm.name}`
        const before = this.known.get(key)
        keep(this.known, key, alarm)
        if (before === undefined && !alarm.isOn) return
        if (before?.isOn === alarm.isOn && (before.count === alarm.count || !alarm.isOn)) return
        const what = this.inWords(`${site}/${node}`, alarm)
        const since = alarm.time === undefined ? "" : ` since ${new Date(alarm.time).toISOString()}`
        if (alarm.isOn) this.note(`ALARM ${key}${since}: ${what}`)
        else this.note(`alarm ${key} is over${since}: ${what}`)
    }

    private inWords(node: string, { channel, value, limit }: NodeAlarm): string {
        const known = this.schemas.get(node)?.channels.find(({ name }) => name === channel)
        const text = (integer: number) =>
            known === undefined
                ? String(integer)
                : quantity(toUnit(known, integer), decimals(known), known.unit)
        const seen = value === undefined ? "was seen before a restart, value unknown" : text(value)
        const inUnits = known === undefined ? " (integers of the channel)" : ""
        return `${channel} ${seen}, limit ${text(limit)}${inUnits}`
    }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
    map.delete(key)
    map.set(key, value)
    if (map.size > MOST) map.delete(map.keys().next().value as string)
}
