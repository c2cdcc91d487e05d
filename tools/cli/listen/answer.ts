/** Answers of nodes in plain words. */
import { formatDuration } from "../../../sim/time/duration.js"
import { type Ack, type Status } from "../../decoder/index.js"
import { troublesOf } from "./troubles.js"
import { bytes, count, counted } from "../view/format.js"

/** @param status the node's latest status record */
export function answerInWords(
    request: { readonly do: string; readonly seconds?: number; readonly place?: number },
    answer: Ack,
    status: Status | undefined
): string {
    const seconds = answer.results["seconds"] ?? request.seconds
    switch (request.do) {
        case "report":
            return `outbox flushed${status === undefined ? "" : `; ${statusInWords(status)}`}`
        case "interval":
            return `takes readings every ${count(seconds ?? 0)} s from now on`
        case "identify":
            return seconds === undefined ? "identifying" : `identifying for ${count(seconds)} s`
        case "reboot":
            return "restarts"
        case "place":
            return `stands at place ${count(request.place ?? 0)}`
        case "describe":
            return "published state, schema, clock and status again"
        default:
            return outboxInWords(answer.results)
    }
}

function statusInWords(status: Status): string {
    const parts = [
        `up for ${formatDuration(status.uptime)}`,
        `${counted(status.readings, "reading")} and ${counted(status.gaps, "gap")} since`,
        `${counted(status.queued, "frame")} waiting`,
        `${counted(status.dropped, "frame")} dropped`,
    ]
    parts.push(...troublesOf(status).map(({ words }) => words))
    if (status.errors > 0) parts.push(counted(status.errors, "error"))
    if (status.rssi !== undefined) parts.push(`signal ${status.rssi} dBm`)
    return parts.join(", ")
}

function outboxInWords(results: Readonly<Record<string, number>>): string {
    const { frames, bytes: used, capacity, dropped, resent, ...others } = results
    const parts: string[] = []
    if (frames !== undefined) parts.push(`${counted(frames, "frame")} waiting`)
    if (used !== undefined)
        parts.push(bytes(used) + (capacity === undefined ? "" : ` of ${bytes(capacity)} used`))
    if (dropped !== undefined) parts.push(`${counted(dropped, "frame")} dropped for lack of room`)
    if (resent !== undefined) parts.push(`${counted(resent, "message")} sent again`)
    for (const [name, value] of Object.entries(others)) parts.push(`${name} ${count(value)}`)
    return parts.join(", ")
}
