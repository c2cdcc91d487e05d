import { type ModelChannel } from "../part-model.js"
import { ServiceModel } from "./service-model.js"

/** Base of models of services that look at a pin now and then and know two states. */
export abstract class StateModel extends ServiceModel {
    readonly channels: readonly ModelChannel[]
    /** As the service knows it. */
    protected isActive = false
    /** At any time since a reading was given. */
    private wasActive = false
    /** At the last look, whether the service has begun anew since or not. */
    private wasInput = false
    private beginnings = 0
    private isLooking = false
    private generation = 0

    /**
     * @param state name of the input: 0.5 and more is active
     * @param count name of the number of beginnings, which is handed out
     * @param lookMs how often the service looks
     */
    constructor(
        private readonly state: string,
        private readonly count: string,
        private readonly lookMs: number
    ) {
        super()
        this.channels = [{ name: state, unit: "/", min: 0, max: 1, epsilon: 0 }]
    }

    protected powerUp(): void {
        if (this.starts === 1) {
            this.beginnings = 0
            this.wasInput = false
            this.wasActive = false
        }
        this.isActive = false
        this.generation++
        this.isLooking = false
        this.look(this.generation)
    }

    protected override afterFeed(): void {
        if (this.bus !== undefined) this.look(this.generation)
    }

    /** The state changed: tell it. */
    protected abstract changed(): void

    /** Hands out what a driver can know: the state, and whether there was one between. */
    protected handOutState(): void {
        this.handOut(this.state, this.isActive ? 1 : 0)
        this.handOut("since", this.wasActive ? 1 : 0)
        this.handOut(this.count, this.beginnings)
        this.handOut("restarts", this.starts - 1)
        this.wasActive = this.isActive
    }

    /** Looks at the pin from now on, as long as its signal can change by itself. */
    private look(generation: number): void {
        if (this.isLooking || this.bus === undefined) return
        this.isLooking = true
        this.bus.after(this.lookMs, () => {
            if (generation !== this.generation) return
            this.isLooking = false
            this.update()
            if (this.canChange(this.state)) this.look(generation)
        })
    }

    private update(): void {
        if (this.faults.unplugged) return
        this.nowMs = this.bus?.now() ?? 0
        const isActive = this.input(this.state) >= 0.5
        if (isActive && !this.wasInput) this.beginnings++
        this.wasInput = isActive
        if (isActive === this.isActive) return
        this.isActive = isActive
        if (isActive) this.wasActive = true
        this.changed()
    }
}
