/** What `/metrics` shows: the newest reading of each channel, and what the listener counts. */
import { isGap } from "../../../../src/core/quality.js"
import { toUnit } from "../../../../src/core/channel.js"
import { type FrameCollector, type ResolvedFrame } from "../../../decoder/index.js"
import { exposition, type Family, type Sample } from "./exposition.js"

/** Channels that are remembered: as many as 20,000 nodes have. */
const MAX_CHANNELS = 200_000

interface Latest {
    readonly labels: Readonly<Record<string, string>>
    readonly unixMs: number
    readonly uncertaintyMs: number | undefined
    /** Undefined for a gap. */
    readonly value: number | undefined
    readonly quality: number
}

export class NodeMetrics {
    /** What counts; undefined while it is not there yet. */
    collector: FrameCollector | undefined
    private readonly latest = new Map<string, Latest>()
    /** When a node delivered last, by "site/node"; nodes of earlier runs from the start on. */
    private readonly heard = new Map<string, number>()
    private readonly startMs: number

    /** @param silentMs how long a node that is not silent may deliver nothing */
    constructor(
        private readonly silentMs: number,
        private readonly nowMs: () => number = Date.now
    ) {
        this.startMs = nowMs()
    }

    add({ site, node, schema, frame, moments }: ResolvedFrame): void {
        this.heard.set(`${site}/${node}`, this.nowMs())
        const channels = schema.channels.length
        for (let i = 0; i < channels; i++) {
            const channel = schema.channels[i]
            const key = `${site}/${node}/${channel.name}`
            let known = this.latest.get(key)
            for (let row = 0; row < frame.rows; row++) {
                const { unixMs, uncertaintyMs } = moments[row]
                // What comes late does not replace what is newer.
                if (known !== undefined && unixMs < known.unixMs) continue
                const cell = row * channels + i
                const quality = frame.qualities[cell]
                known = {
                    labels: { site, node, channel: channel.name, unit: channel.unit },
                    unixMs,
                    uncertaintyMs,
                    value: isGap(quality) ? undefined : toUnit(channel, frame.values[cell]),
                    quality,
                }
            }
            if (known === undefined) continue
            // Moved to the end: the first are those that came longest ago.
            this.latest.delete(key)
            this.latest.set(key, known)
            if (this.latest.size > MAX_CHANNELS)
                this.latest.delete(this.latest.keys().next().value as string)
        }
    }

    text(): string {
        return exposition([...this.readings(), ...this.counts()])
    }

    private readings(): Family[] {
        const values: Sample[] = []
        const qualities: Sample[] = []
        const uncertainties: Sample[] = []
        for (const { labels, unixMs, uncertaintyMs, value, quality } of this.latest.values()) {
            if (value !== undefined) values.push({ labels, value, unixMs })
            qualities.push({ labels, value: quality, unixMs })
            if (uncertaintyMs !== undefined)
                uncertainties.push({ labels, value: uncertaintyMs / 1000, unixMs })
        }
        return [
            gauge("suitcase_reading", "newest reading in its unit, with its sampling time", values),
            gauge(
                "suitcase_reading_quality",
                "0 ok, 1 to 7 doubtful, 8 and more: no value (src/core/quality.ts)",
                qualities
            ),
            gauge(
                "suitcase_reading_time_uncertainty_seconds",
                "how wrong the sampling time may be, where it is known",
                uncertainties
            ),
        ]
    }

    private counts(): Family[] {
        const { collector } = this
        if (collector === undefined) return []
        const { counts } = collector
        const now = this.nowMs()
        const nodes = { online: 0, offline: 0, unknown: 0 }
        let silent = 0
        for (const { origin, state } of collector.known()) {
            nodes[state === undefined ? "unknown" : state.online ? "online" : "offline"]++
            const heardMs = this.heard.get(`${origin.site}/${origin.node}`) ?? this.startMs
            if (now - heardMs > this.silentMs) silent++
        }
        const byLabel = (name: string, entries: Iterable<readonly [string, number]>): Sample[] =>
            [...entries].map(([label, value]) => ({ labels: { [name]: label }, value }))
        const one = (value: number): Sample[] => [{ value }]
        return [
            counter("suitcase_frames", "different frames that came", one(counts.frames)),
            counter("suitcase_readings", "readings with a value", one(counts.readings)),
            counter(
                "suitcase_gaps",
                "readings without a value, by reason",
                byLabel("reason", counts.gapsByReason)
            ),
            counter("suitcase_duplicates", "frames that came again", one(counts.duplicates)),
            counter(
                "suitcase_refused",
                "messages that were refused, by reason",
                byLabel("code", counts.malformed)
            ),
            gauge(
                "suitcase_frames_missing",
                "missing between those that came",
                one(collector.lostFrames)
            ),
            gauge(
                "suitcase_frames_lost_by_broker",
                "of the missing, those that the broker had",
                one(collector.framesLostByBroker)
            ),
            gauge("suitcase_frames_held", "wait for schema or time", one(collector.heldFrames)),
            gauge(
                "suitcase_nodes",
                "nodes by what they say",
                byLabel("state", Object.entries(nodes))
            ),
            gauge(
                "suitcase_nodes_silent",
                `delivered nothing for ${this.silentMs / 1000} s`,
                one(silent)
            ),
        ]
    }
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
    return { name, type: "gauge", help, samples }
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
    return { name, type: "counter", help, samples }
}
