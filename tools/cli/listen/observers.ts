/** Who is told what comes in, beside the outputs: people at the console, and Home Assistant. */
import { type CollectorEvents, type FrameOrigin, type Gap } from "../../decoder/index.js"
import { readingsOf } from "../../decoder/index.js"
import { HomeAssistantSession } from "../home-assistant/session.js"
import { counted } from "../view/format.js"
import { AlarmWatch } from "./alarm-watch.js"
import { Chatter } from "./chatter.js"
import { type NodeMetrics } from "./metrics/node-metrics.js"
import { Presence } from "./presence.js"
import { Refusals } from "./refusals.js"

export class Observers {
    readonly home: HomeAssistantSession | undefined
    readonly chatter: Chatter
    private readonly refusals: Refusals
    private readonly presence: Presence
    private readonly alarms: AlarmWatch
    /** One of their own: whatever else there is to tell, alarms are told. */
    private readonly alarmChatter: Chatter

    /**
     * @param haPrefix Home Assistant's discovery prefix; undefined: it is not told
     * @param note writes a line for people
     * @param metrics told of frames
     */
    constructor(
        haPrefix: string | undefined,
        note: (text: string) => void,
        private readonly metrics?: NodeMetrics
    ) {
        this.chatter = new Chatter(note)
        this.alarmChatter = new Chatter(note)
        const tell = (text: string) => this.chatter.tell(text)
        this.refusals = new Refusals(tell)
        this.presence = new Presence(tell)
        this.alarms = new AlarmWatch(text => this.alarmChatter.tell(text))
        this.home = haPrefix === undefined ? undefined : new HomeAssistantSession(haPrefix, note)
    }

    get events(): CollectorEvents {
        const publisher = this.home?.publisher
        const { metrics } = this
        return {
            onFrame: frame => {
                metrics?.add(frame)
                if (publisher === undefined) return
                for (const reading of readingsOf(frame)) publisher.reading(reading)
            },
            onSchema: (origin, schema) => {
                this.alarms.schema(origin, schema)
                publisher?.schema(origin, schema)
            },
            onStatus: (origin, status) => {
                this.presence.status(origin, status)
                publisher?.status(origin, status)
            },
            onState: (origin, state) => this.presence.change(origin, state),
            onAlarm: (origin, alarm) => {
                this.alarms.alarm(origin, alarm)
                publisher?.alarm(origin, alarm)
            },
            onMalformed: problem => this.refusals.add(problem),
            onGap: (origin, boot, gap) => this.chatter.tell(gapInWords(origin, boot, gap)),
            onLate: ({ site, node }, boot, sequence) =>
                this.chatter.tell(`${site}/${node}: frame ${sequence} of boot ${boot} came late`),
        }
    }

    close(): void {
        this.home?.close()
        this.chatter.close()
        this.alarmChatter.close()
    }
}

function gapInWords({ site, node }: FrameOrigin, boot: number, { from, to }: Gap): string {
    const frames = counted(to - from + 1, "frame")
    return `${site}/${node}: ${frames} missing before number ${to + 1} of boot ${boot}`
}
