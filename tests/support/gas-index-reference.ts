/**
 * The gas index in double precision, straight from the maths that Sensirion published in
 * gas-index-algorithm 3.2 (BSD-3-Clause): no scaling, no steps, the exponential function of the
 * machine. What the fixed-point implementation is measured against.
 */
interface Constants {
    readonly minimum: number
    readonly usual: number
    readonly slope: number
    readonly middle: number
    readonly tauStart: number
    readonly meanStart: number
    readonly varianceStart: number
    readonly gate: number
    readonly gateMinutes: number
}

const VOC: Constants = {
    minimum: 20_000,
    usual: 100,
    slope: -0.0065,
    middle: 213,
    tauStart: 20,
    meanStart: 0.75 * 3600,
    varianceStart: 1.45 * 3600,
    gate: 340,
    gateMinutes: 180,
}

const NOX: Constants = {
    minimum: 10_000,
    usual: 1,
    slope: -0.0101,
    middle: 614,
    tauStart: 1200,
    meanStart: 4.75 * 3600,
    varianceStart: 5.7 * 3600,
    gate: 30,
    gateMinutes: 720,
}

const HOURS_12 = 12 * 3600

function logistic(x: number): number {
    return 1 / (1 + Math.exp(x))
}

export class ReferenceGasIndex {
    /** Index before it is rounded. */
    exact = 0
    private readonly of: Constants
    private uptime = 0
    private signal = 0
    private mean: number | undefined
    private deviation = 50
    private learned = 0
    private gated = 0
    private gatedMinutes = 0
    private lowPass: [number, number, number] | undefined

    constructor(
        private readonly kind: "voc" | "nox",
        private readonly dt: number
    ) {
        this.of = kind === "voc" ? VOC : NOX
    }

    /** As the published get_states and set_states do. */
    get states(): readonly [mean: number, deviation: number] {
        return [this.mean ?? 0, this.deviation]
    }

    setStates([mean, deviation]: readonly [number, number]): void {
        this.mean = mean
        this.signal = mean
        this.deviation = deviation
        this.learned = 3 * 3600
    }

    process(ticks: number): number {
        if (this.uptime <= 45) this.uptime += this.dt
        else this.step(ticks)
        return Math.floor(this.exact + 0.5)
    }

    private step(ticks: number): void {
        if (ticks > 0 && ticks < 65_000)
            this.signal = Math.min(32_767, Math.max(1, ticks - this.of.minimum))
        this.exact = Math.max(0.5, this.filter(this.momentary()))
        if (this.signal > 0) this.estimate()
    }

    private momentary(): number {
        if (this.kind === "nox" && this.mean === undefined) return this.of.usual
        const difference = this.signal - (this.mean ?? 0)
        const spreads =
            this.kind === "nox" ? difference / 2000 : -difference / (this.deviation + 220)
        return 500 * logistic(this.of.slope * (230 * spreads - this.of.middle))
    }

    private filter(sample: number): number {
        const dt = this.dt
        const x = (this.lowPass ??= [sample, sample, sample])
        x[0] += (sample - x[0]) * (dt / (20 + dt))
        x[1] += (sample - x[1]) * (dt / (500 + dt))
        const tau = 20 + 480 * Math.exp(-0.2 * Math.abs(x[0] - x[1]))
        x[2] += (sample - x[2]) * (dt / (tau + dt))
        return x[2]
    }

    private estimate(): void {
        if (this.mean === undefined) {
            this.mean = this.signal
            return
        }
        const { of, dt } = this
        const limit = 32_767 - dt
        if (this.learned < limit) this.learned += dt
        if (this.gated < limit) this.gated += dt
        const difference = this.signal - this.mean
        const early = logistic(0.01 * (this.learned - of.meanStart))
        const earlyVariance = logistic(0.01 * (this.learned - of.varianceStart))
        const late = dt / (HOURS_12 + dt)
        const passMean = this.gating(of.meanStart)
        const alpha = passMean * (late + (dt / (of.tauStart + dt) - late) * early)
        const beta =
            this.gating(of.varianceStart) *
            (late + (dt / (2500 + dt) - late) * (earlyVariance - early))
        this.deviation = Math.sqrt(
            (1 - beta) * (this.deviation ** 2 + beta * difference * difference)
        )
        this.mean += alpha * difference
        this.gatedMinutes += (dt / 60) * ((1 - passMean) * 1.3 - 0.3)
        this.gatedMinutes = Math.max(0, this.gatedMinutes)
        if (this.gatedMinutes > of.gateMinutes) this.gated = 0
    }

    private gating(start: number): number {
        const threshold =
            this.of.gate + (510 - this.of.gate) * logistic(0.01 * (this.gated - start))
        return logistic(0.09 * (this.exact - threshold))
    }
}
