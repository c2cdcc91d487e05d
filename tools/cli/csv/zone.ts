/**
 * Local times of a zone with summer time, as UTC. An hour that comes twice is told apart by the
 * order of the rows; where that says nothing, it is an error, never a guess.
 */
import { isoParts } from "../../../sim/time/iso-time.js"
import { LocalClock } from "../../receiver/local-clock.js"
import { UsageError } from "../errors.js"

/** Which of its two times a repeated hour's rows have, where their order does not say. */
export type RepeatedHour = "first" | "second"

const DAY = 86_400
/** Offsets that are remembered. */
const MOST_KNOWN = 100_000

/** A local time cannot be told: what is wrong and what to do. */
export class LocalTimeProblem extends Error {}

export class Zone {
    private readonly clock: LocalClock
    private last = -Infinity
    /** Rows of a repeated hour came in its first pass only, up to now; the first of them. */
    private undecided: string | undefined
    private isInHour = false
    private isSecondPass = false
    /** By quarter of an hour: offsets change at no other time. */
    private readonly offsets = new Map<number, number>()

    /**
     * @param name of the IANA database: "Europe/Copenhagen"
     * @throws UsageError when there is no such zone
     */
    constructor(
        readonly name: string,
        private readonly repeatedHour: RepeatedHour | undefined
    ) {
        try {
            this.clock = new LocalClock(name)
        } catch {
            throw new UsageError(
                `--zone ${name}: there is no such time zone; write one such as Europe/Copenhagen`
            )
        }
    }

    /**
     * @param local ISO 8601; with an offset it stays as it is
     * @returns the same moment in UTC, with the digits that were written
     * @throws LocalTimeProblem
     */
    utc(local: string): string {
        const parts = isoParts(local)
        if (parts === undefined) return local
        if (parts.offset !== undefined) {
            this.last = parts.seconds - parts.offset
            return local
        }
        const moments = this.momentsOf(parts.seconds)
        if (moments.length === 0)
            throw new LocalTimeProblem(
                `does not exist in ${this.name}: clocks were put forward; is the time in this zone?`
            )
        const seconds = moments.length === 1 ? this.single(moments[0]) : this.double(moments, local)
        this.last = seconds
        const text = new Date(seconds * 1000).toISOString().slice(0, 19)
        return `${text}${parts.fraction === "" ? "" : `.${parts.fraction}`}Z`
    }

    /** Called after the last row. @throws LocalTimeProblem */
    finish(): void {
        this.decide()
    }

    private single(moment: number): number {
        this.decide()
        return moment
    }

    /** A time that comes twice: it is the second one once the rows have gone back. */
    private double([first, second]: readonly number[], local: string): number {
        if (this.isInHour && first <= this.last) {
            this.isSecondPass = true
            this.undecided = undefined
        }
        if (this.isSecondPass && second < this.last) this.refuseOrder(local)
        if (this.isSecondPass || this.repeatedHour === "second") return second
        if (!this.isInHour && this.last > second) this.refuseOrder(local)
        this.isInHour = true
        if (this.repeatedHour === undefined) this.undecided ??= local
        return first
    }

    private refuseOrder(local: string): never {
        throw new LocalTimeProblem(
            `comes twice in ${this.name}, and the rows around ${local} are not in the order in ` +
                "which they were taken, which would tell"
        )
    }

    private decide(): void {
        const { undecided } = this
        this.undecided = undefined
        this.isInHour = false
        this.isSecondPass = false
        if (undecided !== undefined)
            throw new LocalTimeProblem(
                `the hour of ${undecided} comes twice in ${this.name}, and the file has it once; ` +
                    "say which it is with --repeated-hour first (summer time) or second"
            )
    }

    /** The moments with this local time, earliest first: none, one or two. @param local s as if it were UTC */
    private momentsOf(local: number): number[] {
        const offsets = new Set([local - DAY, local + DAY].map(at => this.offsetAt(at)))
        return [...offsets]
            .map(offset => local - offset)
            .filter(moment => moment + this.offsetAt(moment) === local)
            .sort((a, b) => a - b)
    }

    /** How far clocks are ahead of UTC, s. */
    private offsetAt(moment: number): number {
        const quarter = Math.floor(moment / 900)
        let offset = this.offsets.get(quarter)
        if (offset === undefined) {
            if (this.offsets.size > MOST_KNOWN) this.offsets.clear()
            this.offsets.set(quarter, (offset = this.lookUp(moment)))
        }
        return offset
    }

    private lookUp(moment: number): number {
        const { year, month, day, hour, minute, second } = this.clock.at(moment * 1000)
        const date = new Date(Date.UTC(2000, 0, 1, Number(hour), Number(minute), Number(second)))
        date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
        return date.getTime() / 1000 - moment
    }
}
