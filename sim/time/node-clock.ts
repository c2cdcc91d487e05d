/** The clock of a node: how it goes, and what its virtual machine sees of it. */
import { type VirtualClock } from "./clock.js"

export class NodeClock {
    /** Its speed beside the world's. */
    rate = 1
    /**
     * µs by which the VM is ahead of the world while it runs: the world stands still
     * meanwhile, and what the VM does takes time on a board.
     */
    leadUs = 0

    private setMs = 0
    private setAt = 0
    /** Host's µs at which the VM's clock stood at 0. */
    private vmStartUs = 0

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
