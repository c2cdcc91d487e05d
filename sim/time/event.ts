/** Something that happens at a moment of virtual time; `VirtualClock.cancel` takes it back. */
export interface ScheduledEvent {
    /** µs since the start. */
    readonly at: number
    /** When it was scheduled, and as which of all: this is its place among those of the same time. */
    readonly from: number
    readonly order: number
    readonly action: () => void
    cancelled: boolean
}
