import { Bytes, getI32, putU32 } from "../bytes.js"
import { divRound } from "../fixed.js"

/** A full container in 0.1 %. */
const FULL = 1000
/** Since it was emptied it must have risen by so much before a forecast is made, 0.1 %. */
const RISEN = 50
/** 0.1 h: six weeks. */
export const LONGEST_FORECAST = 10080
const MINUTES_PER_STEP = 6

/**
 * How full a container is, in 0.1 %: 0 at the empty distance and below, 1000 at the full one and above.
 *
 * @param distance from the sensor down to the contents
 * @param empty distance when it is empty, in the same unit
 * @param full distance when it counts as full; less than `empty`
 */
export function fillLevel(distance: number, empty: number, full: number): number {
    if (distance >= empty || empty <= full) return 0
    if (distance <= full) return FULL
    return divRound(FULL * (empty - distance), empty - full)
}

/** An emptying falls below all levels of the last hour: longer than a bag hangs in front of the sensor. In pieces, min. */
const RECENT = 6
const PIECE_MINUTES = 10
/** Of what {@link FillCourse.writeCourse} writes. */
export const COURSE_BYTES = 4 * (10 + RECENT)
/** A level that has held for less is that of a lid that stands open, min. */
const SETTLED_MINUTES = 4

/**
 * Finds emptyings in a course of fill levels, and tells how long until it is full.
 *
 * What an open lid, fog or a bag in front of the sensor shows is no level: a level counts when two samples in
 * a row say about the same, and all of the last minutes, and an emptying when it is well below the lowest of the last hour.
 */
export class FillCourse {
    /** Emptyings since the start. */
    emptied = 0
    /** The middle one of the last three samples: what is seen once is not there. */
    middle = 0

    /** The level in force; −1 before the first. */
    private level = -1
    private last = -1
    private lastButOne = -1
    /** Minute since which samples are alike. */
    private calmSince = 0
    /** Levels of the last pieces of time, in a ring, and the latest piece. */
    private readonly recent: number[] = []
    private next = 0
    private piece = 0
    private begun = 0
    private beginLevel = 0

    /**
     * @param drop how far the level must fall to be an emptying, 0.1 %
     * @param alike how much two samples in a row may differ, 0.1 %
     */
    constructor(
        private readonly drop: number,
        private readonly alike: number
    ) {
        for (let i = 0; i < RECENT; i++) this.recent.push(0)
    }

    /**
     * Writes what it knows: {@link COURSE_BYTES} bytes.
     * @param minutes now, on the clock of {@link update}
     */
    writeCourse(bytes: Bytes, at: number, minutes: number): void {
        const numbers = [this.emptied, this.level, this.last, this.lastButOne, this.next]
        numbers.push(this.beginLevel)
        for (const level of this.recent) numbers.push(level)
        for (const time of [minutes, this.calmSince, this.piece, this.begun]) numbers.push(time)
        for (let i = 0; i < numbers.length; i++) putU32(bytes, at + 4 * i, numbers[i])
    }

    /**
     * Takes back what {@link writeCourse} wrote.
     * @returns the minute at which it was written
     */
    readCourse(bytes: Bytes, at: number): number {
        const number = (i: number) => getI32(bytes, at + 4 * i)
        this.emptied = number(0)
        this.level = number(1)
        this.last = number(2)
        this.lastButOne = number(3)
        this.next = number(4)
        this.beginLevel = number(5)
        for (let i = 0; i < RECENT; i++) this.recent[i] = number(6 + i)
        this.calmSince = number(7 + RECENT)
        this.piece = number(8 + RECENT)
        this.begun = number(9 + RECENT)
        return number(6 + RECENT)
    }

    /** Begins anew: what comes next has nothing to do with what was. */
    forget(): void {
        this.level = -1
        this.last = -1
        this.lastButOne = -1
    }

    /**
     * Takes a sample.
     * @param level 0.1 %
     * @param minutes any clock that does not go back
     * @returns whether it was emptied since the sample before
     */
    update(level: number, minutes: number): boolean {
        const isCalm = this.last >= 0 && Math.abs(level - this.last) <= this.alike
        this.middle = this.lastButOne < 0 ? level : middleOf(level, this.last, this.lastButOne)
        this.lastButOne = this.last
        this.last = level
        if (!isCalm) this.calmSince = minutes
        if (!isCalm || minutes - this.calmSince < SETTLED_MINUTES) return false
        const isFirst = this.level < 0
        const piece = Math.floor(minutes / PIECE_MINUTES)
        // Only levels count: while nothing was calm, nothing is forgotten.
        if (piece !== this.piece) {
            this.recent[this.next] = this.level
            this.next = this.next + 1 === RECENT ? 0 : this.next + 1
        }
        this.piece = piece
        const isEmptied = !isFirst && this.lowest() - level >= this.drop
        if (isEmptied) this.emptied++
        if (isEmptied || isFirst) {
            this.begun = minutes
            this.beginLevel = level
            for (let i = 0; i < RECENT; i++) this.recent[i] = level
        }
        this.level = level
        return isEmptied
    }

    /**
     * Time until it is full, in 0.1 h, if it goes on filling as it did since it was emptied.
     * @returns 0 when it is full, at most {@link LONGEST_FORECAST}; −1 while it cannot be told
     */
    tenthHoursLeft(minutes: number): number {
        if (this.level >= FULL) return 0
        const risen = this.level - this.beginLevel
        if (this.level < 0 || risen < RISEN) return -1
        const left = divRound(
            (FULL - this.level) * (minutes - this.begun),
            risen * MINUTES_PER_STEP
        )
        return left > LONGEST_FORECAST ? LONGEST_FORECAST : left
    }

    private lowest(): number {
        let lowest = this.level
        for (const level of this.recent) if (level < lowest) lowest = level
        return lowest
    }
}

function middleOf(a: number, b: number, c: number): number {
    const low = Math.min(a, b)
    const high = Math.max(a, b)
    return c < low ? low : c > high ? high : c
}
