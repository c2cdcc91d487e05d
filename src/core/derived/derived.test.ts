import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { QUALITY_ABSENT, QUALITY_CRC, QUALITY_OK, QUALITY_SATURATED } from "../quality.js"
import { dewPoint } from "./dew-point.js"
import { FillCourse, fillLevel } from "./fill-level.js"
import { MouldTime } from "./mould.js"
import { dryMassCrilley, massBarkjohn } from "./particles.js"
import { LoudPassage, PassageCount } from "./passages.js"
import { SoundWindow } from "./sound-window.js"
import { Trend } from "./trend.js"

describe("the dew point", () => {
    const magnus = (t: number, rh: number) => {
        const gamma = Math.log(rh / 100) + (17.62 * t) / (243.12 + t)
        return (243.12 * gamma) / (17.62 - gamma)
    }

    it("is within 0.02 °C of the Magnus formula from −45 to 60 °C and 1 to 100 %RH", () => {
        fc.assert(
            fc.property(
                fc.integer({ min: -4500, max: 6000 }),
                fc.integer({ min: 100, max: 10_000 }),
                (t, rh) => {
                    const error = dewPoint(t, rh) / 100 - magnus(t / 100, rh / 100)
                    expect(Math.abs(error), `°C at ${t / 100} °C, ${rh / 100} %RH`).toBeLessThan(
                        0.02
                    )
                }
            )
        )
    })

    it("is the temperature itself in saturated air, and defined without any water", () => {
        expect([-2000, 0, 2150].map(t => dewPoint(t, 10_000))).toEqual([-2000, 0, 2150])
        expect(dewPoint(2000, 0)).toBe(dewPoint(2000, 1))
    })
})

describe("the fill level", () => {
    it("is 0 at the empty distance and beyond, 1000 at the full one and before, a line between", () => {
        expect([2000, 1100, 675, 250, 0].map(mm => fillLevel(mm, 1100, 250))).toEqual([
            0, 0, 500, 1000, 1000,
        ])
    })

    it("is 0 for distances that were set the wrong way round, not a wrong number", () => {
        expect(fillLevel(500, 250, 1100)).toBe(0)
        expect(fillLevel(500, 500, 500)).toBe(0)
    })
})

describe("the course of fill levels", () => {
    const course = () => new FillCourse(200, 60)

    it("counts an emptying once, and none for an open lid, a bag or fog", () => {
        const bin = course()
        const levels = [600, 605, 610, 0, 612, 1000, 615, 330, 700, 20, 640, 645, 10, 8, 12, 30]
        const emptied = levels.map((level, i) => bin.update(level, 10 * i))
        expect(emptied.map((is, i) => (is ? i : -1)).filter(i => i >= 0)).toEqual([13])
        expect(bin.emptied).toBe(1)
    })

    it("takes no bag that hangs in front of it for an hour for an emptying, nor a bin that fell over", () => {
        const bin = course()
        const levels = [400, 405, 990, 1000, 995, 1000, 410, 415, 420]
        expect(levels.some((level, i) => bin.update(level, 10 * i))).toBe(false)
        bin.forget()
        expect([30, 30, 35].some((level, i) => bin.update(level, 100 + 10 * i))).toBe(false)
        expect(bin.emptied).toBe(0)
    })

    it.each([1 / 60, 1, 5, 10, 20])(
        "finds the same emptyings with a sample each %d min: no lid of 3 min, no bag of 40 min, the real one",
        every => {
            const bin = course()
            const at: number[] = []
            for (let minute = 0; minute < 480; minute += every) {
                const isBag = minute >= 60 && minute < 100
                const isLid = minute >= 150 && minute < 153
                const level = isBag ? 900 : isLid || minute >= 300 ? 20 : 600
                if (bin.update(level, Math.floor(minute))) at.push(minute)
            }
            expect(bin.emptied).toBe(1)
            expect(at[0] - 300, "min after it").toBeLessThanOrEqual(Math.max(5, every))
        }
    )

    it("tells the time to full from what came in since the last emptying", () => {
        const bin = course()
        for (let i = 0; i <= 60; i++) bin.update(5 * i, 10 * i)
        // 300 of 1000 in 600 min: 1400 min for the other 700, in 0.1 h.
        expect(bin.tenthHoursLeft(600)).toBe(233)
        expect(course().tenthHoursLeft(0), "before anything was seen").toBe(-1)
    })

    it("gives no forecast right after an emptying, 0 when it is full, and six weeks at most", () => {
        const bin = course()
        for (const [i, level] of [800, 800, 30, 30].entries()) bin.update(level, 10 * i)
        expect(bin.emptied).toBe(1)
        expect(bin.tenthHoursLeft(40)).toBe(-1)
        for (const minute of [90, 100]) bin.update(1000, minute)
        expect(bin.tenthHoursLeft(100)).toBe(0)
        const slow = course()
        for (const minute of [0, 10]) slow.update(0, minute)
        for (const minute of [99_990, 100_000]) slow.update(50, minute)
        expect(slow.tenthHoursLeft(100_000)).toBe(10_080)
    })
})

describe("mould", () => {
    it("counts the minutes that were humid and warm enough, and no long pause in full", () => {
        const wall = new MouldTime()
        const samples = [
            [1800, 9000, 0],
            [1800, 8000, 10],
            [1800, 7999, 20],
            [1800, 9000, 30],
            [499, 9900, 40],
            [500, 9900, 50],
            [1800, 9000, 1000],
        ]
        for (const [t, rh, minute] of samples) wall.update(t, rh, 8000, minute)
        expect(wall.minutes).toBe(10 + 10 + 10 + 120)
    })
})

describe("passages", () => {
    it("are whole ones; the second axle of a bicycle may come with the next sample", () => {
        const trail = new PassageCount()
        const latest = [100, 103, 104, 104, 111].map(count => {
            trail.update(count, 2)
            return trail.latest
        })
        expect(latest).toEqual([0, 1, 1, 0, 3])
        expect(trail.total).toBe(5)
    })

    it("go on when the counter began anew", () => {
        const trail = new PassageCount()
        for (const count of [50, 60, 3, 5]) trail.update(count, 1)
        expect(trail.total).toBe(12)
    })

    it("of something loud are neither a bang nor a crowd, and one dip does not end them", () => {
        const street = new LoudPassage(2500, 39_500)
        let ms = 0
        const hear = (samples: string) =>
            Array.from(samples).filter(s => street.update(s === "#", (ms += 1000))).length
        expect(hear("..###.." + "..")).toBe(0)
        expect(hear("..####.####..")).toBe(1)
        expect(hear(".." + "#".repeat(41) + "..")).toBe(0)
        expect(hear("#####..#####..")).toBe(2)
        expect(street.passages).toBe(3)
    })

    it.each([250, 1000, 2000, 5000])("of trams are the same with a sample each %d ms", every => {
        const street = new LoudPassage(2500, 39_500)
        // Trams of 12 s, a bang of 1 s, a crowd of a minute.
        const isLoud = (s: number) =>
            (s >= 100 && s < 112) ||
            (s >= 200 && s < 212) ||
            (s >= 300 && s < 301) ||
            (s >= 400 && s < 460)
        for (let ms = 0; ms < 600_000; ms += every) street.update(isLoud(ms / 1000), ms)
        expect(street.passages).toBe(2)
    })
})

describe("particles in humid air", () => {
    it("lose the water that Crilley's formula says, and no more in fog than at 95 %RH", () => {
        const exact = (mass: number, a: number) => mass / (1 + 0.4 / 1.65 / (1 / a - 1))
        for (const rh of [0, 4000, 6000, 8000, 9500])
            expect(
                Math.abs(dryMassCrilley(500, rh) - exact(500, rh / 10_000)),
                `0.1 µg/m³ at ${rh / 100} %RH`
            ).toBeLessThanOrEqual(0.5)
        expect(dryMassCrilley(500, 10_000)).toBe(dryMassCrilley(500, 9500))
    })

    it("are corrected as the US EPA does, and never below nothing", () => {
        for (const [mass, rh] of [
            [0, 5000],
            [12, 5000],
            [150, 8000],
        ])
            expect(
                Math.abs(massBarkjohn(mass, rh) / 10 - (0.524 * mass - 0.000862 * rh + 5.75)),
                `µg/m³ for ${mass} at ${rh / 100} %RH`
            ).toBeLessThanOrEqual(0.06)
        expect(massBarkjohn(0, 10_000)).toBe(0)
    })
})

describe("sound levels of an interval", () => {
    const window = (levels: number[]) => {
        const sound = new SoundWindow()
        for (const level of levels) sound.add(level, QUALITY_OK)
        sound.close()
        return sound
    }

    it("give LAeq within 0.2 dB of the level of the mean energy, and the highest as it is", () => {
        fc.assert(
            fc.property(
                fc.array(fc.integer({ min: 300, max: 1300 }), { minLength: 1, maxLength: 256 }),
                levels => {
                    const sound = window(levels)
                    const mean = levels.reduce((sum, l) => sum + 10 ** (l / 100), 0) / levels.length
                    const error = sound.equivalent - 100 * Math.log10(mean)
                    expect(Math.abs(error), "0.1 dB").toBeLessThanOrEqual(2)
                    expect(sound.highest).toBe(Math.max(...levels))
                }
            )
        )
    })

    it("leave gaps out, keep the worst quality, and are a gap when there is nothing else", () => {
        const sound = new SoundWindow()
        sound.add(900, QUALITY_ABSENT)
        sound.add(600, QUALITY_SATURATED)
        sound.close()
        expect([sound.quality, sound.equivalent, sound.highest]).toEqual([
            QUALITY_SATURATED,
            600,
            600,
        ])
        sound.add(0, QUALITY_CRC)
        sound.close()
        expect(sound.quality).toBe(QUALITY_CRC)
    })
})

describe("the trend", () => {
    it("is the slope in one hour, whatever is sampled when", () => {
        const trend = new Trend(5, 3600, 0)
        for (const t of [0, 60, 130, 180, 260, 300, 420]) trend.add(1000 + t / 10, t)
        expect(trend.perHour()).toBe(360)
    })

    it("is not told before the third sample, nor of samples at one moment", () => {
        const trend = new Trend(4, 3600, 0)
        trend.add(100, 0)
        trend.add(900, 60)
        expect(trend.perHour()).toBeUndefined()
        const still = new Trend(4, 3600, 0)
        for (let i = 0; i < 4; i++) still.add(100 * i, 60)
        expect(still.perHour()).toBeUndefined()
    })

    it("is none while a few samples of a short time would make waves a trend, and one once they are many", () => {
        const trend = new Trend(16, 1800, 600)
        const wave = (second: number) => (second % 120 === 0 ? -12 : 12)
        for (let second = 0; second < 600; second += 60) {
            trend.add(wave(second), second)
            expect(trend.perHour(), `after ${second} s`).toBeUndefined()
        }
        trend.add(wave(600), 600)
        expect(Math.abs(trend.perHour() ?? 1000), "mm/h of waves").toBeLessThan(100)
        const fast = new Trend(4, 1800, 600)
        for (let second = 0; second < 60; second += 20) fast.add(second, second)
        expect(fast.perHour()).toBeUndefined()
        fast.add(60, 60)
        expect(fast.perHour()).toBe(3600)
    })

    it("is that of the time it looks at, however often there was a sample, and of nothing before a gap", () => {
        const falling = (every: number, from: number, trend: Trend) => {
            for (let t = 0; t < 1800; t += every) trend.add(-5000 - t / 10, from + t)
            return trend.perHour()
        }
        for (const every of [12, 60, 600])
            expect(falling(every, 0, new Trend(32, 1800, 0))).toBe(-360)
        const trend = new Trend(16, 1800, 0)
        for (let i = 0; i < 16; i++) trend.add(900, 12 * i)
        // An hour without samples, in which it rose by two metres, then it stands still.
        trend.add(2900, 3800)
        expect(trend.perHour()).toBeUndefined()
        trend.add(2900, 3812)
        trend.add(2900, 3824)
        expect(trend.perHour()).toBe(0)
    })

    it("averages waves out", () => {
        const trend = new Trend(16, 3600, 0)
        for (let i = 0; i < 40; i++) trend.add(2000 + i + (i % 2 === 0 ? 40 : -40), 60 * i)
        expect(Math.abs((trend.perHour() ?? NaN) - 60), "mm/h").toBeLessThan(60)
    })
})
