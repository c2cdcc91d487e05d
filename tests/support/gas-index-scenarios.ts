/** Long sequences of raw ticks, the same each time: what gas index implementations are compared on. */
export interface Scenario {
    readonly name: string
    /** Ticks at a time since the start in s, for VOC; NOx has them mirrored. */
    readonly ticks: (seconds: number) => number
    readonly hours: number
    /** Largest difference of a good implementation, index points; default 0.05. */
    readonly tolerance?: number
}

/** Noise of a fixed seed: uniform in −1 … 1, a function of the time alone. */
function noise(seconds: number): number {
    let x = Math.imul(seconds + 1, 0x9e3779b1)
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1
}

/** A day of a room: slow swings, short events that decay, noise. */
function room(t: number): number {
    const swing = 300 * Math.sin((2 * Math.PI * t) / 86_400)
    const sinceMeal = t % 17_000
    const meal = -2500 * Math.exp(-sinceMeal / 1500)
    const sinceSpray = (t + 4000) % 61_000
    const spray = sinceSpray < 400 ? -5000 : 0
    return 30_000 + swing + meal + spray + 12 * noise(t)
}

export const SCENARIOS: readonly Scenario[] = [
    { name: "constant", hours: 6, ticks: () => 31_111 },
    { name: "constant below the minimum", hours: 2, ticks: () => 1337 },
    { name: "constant above the maximum", hours: 2, ticks: () => 64_999 },
    { name: "noise of 1 tick", hours: 8, ticks: t => 29_000 + noise(t) },
    { name: "noise of 200 ticks", hours: 8, ticks: t => 29_000 + 200 * noise(t) },
    { name: "a day and a half of a room", hours: 36, ticks: room },
    { name: "rising drift", hours: 30, ticks: t => 25_000 + t / 20 + 5 * noise(t) },
    // Its index stays at the gate for hours: a step earlier or later at which the gate opens by
    // force is up to 0.8 points. So far apart are the published code in float and in double, too.
    {
        name: "falling drift",
        hours: 30,
        tolerance: 0.8,
        ticks: t => 34_000 - t / 20 + 5 * noise(t),
    },
    { name: "steep slopes", hours: 12, ticks: t => 22_000 + 25 * Math.abs((t % 800) - 400) },
    {
        name: "steps of 8000 ticks each hour",
        hours: 24,
        ticks: t => 26_000 + (t % 7200 < 3600 ? 0 : 8000),
    },
    {
        name: "an event that does not end",
        hours: 24,
        ticks: t => (t < 20_000 ? 32_000 : 27_000) + 8 * noise(t),
    },
    {
        name: "an event in the first minutes",
        hours: 12,
        ticks: t => (t > 100 && t < 900 ? 24_000 : 30_000),
    },
    { name: "from end to end", hours: 6, ticks: t => (t % 2000 < 1000 ? 20_001 : 52_767) },
    {
        name: "samples missing",
        hours: 12,
        ticks: t => (noise(t) > 0.6 ? 0 : 30_000 + 50 * noise(t)),
    },
    {
        name: "invalid ones at the start",
        hours: 3,
        ticks: t => (t < 500 ? 65_535 : 30_000 - (t % 300)),
    },
    { name: "anything", hours: 12, ticks: t => 32_768 + 32_768 * noise(t) },
]

/** Ticks of a scenario at one interval. NOx has its events upwards, from a minimum of 10,000. */
export function samplesOf(scenario: Scenario, kind: "voc" | "nox", seconds: number): number[] {
    const count = Math.floor((scenario.hours * 3600) / seconds)
    return Array.from({ length: count }, (_, i) => {
        const ticks = Math.min(65_535, Math.max(0, Math.round(scenario.ticks(i * seconds))))
        if (kind === "voc" || ticks === 0 || ticks === 65_535) return ticks
        return Math.max(1, 48_000 - ticks)
    })
}
