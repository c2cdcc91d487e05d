/** The clock of a node: how it goes, and what its virtual machine sees of it. */
import { type VirtualClock } from "./clock.js"

/** A clock that changes is looked at this often, µs. */
const STEP_US = 60_000_000

/** Looks at the clock in one round beyond which time goes on, and by how much with each, µs. */
const STILL_LOOKS = 20
const LOOK_US = 200
/** More looks are none of a round that ends: the runtime waits for its own clock, which counts ms later than its host. */
const MOST_LOOKS = 2000

export class NodeClock {
    /** Its speed beside the world's. */
    rate = 1
    /**
     * µs by which the VM is ahead of the world while it runs: the world stands still
     * meanwhile, and what the VM does takes time on a board.
     */
    leadUs = 0
    /** Virtual time until which the VM is at work, µs. */
    busyUntil = 0

    private setMs = 0
    private setAt = 0
    /** Host's µs at which the VM's clock stood at 0. */
    private vmStartUs = 0
    private roundAt = 0
    /** Looks of the VM since the round began. */
    private looks = 0

    constructor(private readonly world: VirtualClock) {}

    /** The node was switched on. */
    start(uptimeMs: number): void {
        this.setMs = uptimeMs
        this.setAt = this.world.now
        this.leadUs = 0
    }

    /** The VM was started. */
    startVm(startUs: number): void {
        this.vmStartUs = startUs
    }

    /** From now on it is off by N parts per million. */
    setPpm(ppm: number): void {
        this.setMs = this.uptimeMs
        this.setAt = this.world.now
        this.rate = 1 + ppm * 1e-6
    }

    /**
     * Asks each virtual minute how far it is off.
     *
     * @param ppm for the virtual ms since the start
     * @param beforeChange what has to happen while it still goes as before
     */
    follow(ppm: (virtualMs: number) => number, beforeChange: () => void): void {
        beforeChange()
        this.setPpm(ppm(this.world.now / 1000))
        this.world.after(STEP_US, () => this.follow(ppm, beforeChange))
    }

    /** A round of the VM begins: what it has seen of time after one in the last ms lies ahead of the world's. */
    beginRound(): void {
        this.looks = 0
        this.leadUs = Math.max(0, this.leadUs - (this.world.now - this.roundAt) * this.rate)
        this.roundAt = this.world.now
    }

    /** The round is over, and took as long as the VM is ahead. */
    endRound(): void {
        this.busyUntil = this.world.now + Math.ceil(this.leadUs / this.rate)
    }

    /** The VM looks at the clock of its host. @returns ms */
    look(): number {
        // In the last ms before the clock's wrap a fiber that sleeps is due again at once,
        // so that the runtime would never return from here if time stood still.
        const isLastMs = Math.floor(this.hostMs) % 2 ** 32 === 0
        if (++this.looks > (isLastMs ? STILL_LOOKS : MOST_LOOKS)) this.leadUs += LOOK_US
        return this.hostMs
    }

    /** ms since it was switched on. */
    get uptimeMs(): number {
        return this.uptimeAt(this.world.now)
    }

    /** What the VM sees as the clock of its host, ms. */
    get hostMs(): number {
        return this.hostMsAt(this.world.now) + this.leadUs / 1000
    }

    /** The VM's own clock at a virtual time: whole µs, as tim_get_micros() reckons it. */
    vmUsAt(us: number): number {
        return Math.trunc(this.hostMsAt(us) * 1000) - this.vmStartUs
    }

    private uptimeAt(us: number): number {
        return this.setMs + ((us - this.setAt) * this.rate) / 1000
    }

    /** Zero would mean "not set" to the runtime. */
    private hostMsAt(us: number): number {
        return this.uptimeAt(us) + 1
    }
}
