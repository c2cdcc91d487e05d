/** Whether a channel's readings stand still: slope and standard deviation over a window. */

/** In the channel's unit. */
export interface StabilityLimits {
    /** Of single readings. */
    readonly deviation: number
    /** Within the whole window, by a line through its readings. */
    readonly drift: number
}

export interface Stability {
    readonly mean: number
    readonly deviation: number
    readonly drift: number
    readonly count: number
    /** The window is full, and both are within their limits. */
    readonly isStable: boolean
}

/** By quantity: what a good sensor of the kit shows at a constant input, twice. */
const LIMITS: Readonly<Record<string, StabilityLimits>> = {
    temperature: { deviation: 0.1, drift: 0.1 },
    relativeHumidity: { deviation: 0.5, drift: 0.5 },
    co2: { deviation: 15, drift: 15 },
    atmosphericPressure: { deviation: 10, drift: 10 },
    illuminance: { deviation: 20, drift: 20 },
    distance: { deviation: 0.005, drift: 0.005 },
    waterLevel: { deviation: 0.01, drift: 0.01 },
    voltage: { deviation: 0.005, drift: 0.005 },
}
/** Of other quantities: this share of the channel's range. */
const SHARE_OF_RANGE = 0.002

/** @param range highest minus lowest value of the channel, in its unit */
export function limitsOf(quantity: string, range: number): StabilityLimits {
    return LIMITS[quantity] ?? { deviation: SHARE_OF_RANGE * range, drift: SHARE_OF_RANGE * range }
}

/** @param values newest last, as many as the window has, or fewer @param window readings of a full one */
export function stabilityOf(
    values: readonly number[],
    window: number,
    limits: StabilityLimits
): Stability {
    const count = values.length
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(count, 1)
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const deviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0
    const middle = (count - 1) / 2
    const spread = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0)
    const product = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0)
    const drift = spread === 0 ? 0 : (product / spread) * (count - 1)
    // Of pure noise, the line through a window is this steep in one case of twenty.
    const noise = count > 2 ? (2 * deviation * (count - 1)) / Math.sqrt(spread) : 0
    const isStable =
        count >= window &&
        deviation <= limits.deviation &&
        Math.abs(drift) <= Math.max(limits.drift, noise)
    return { mean, deviation, drift, count, isStable }
}
