/** What clocks show in a time zone. */

export interface LocalTime {
    readonly year: string
    readonly month: string
    readonly day: string
    readonly hour: string
    readonly minute: string
    readonly second: string
}

export class LocalClock {
    private readonly format: Intl.DateTimeFormat

    /** @param zone of the IANA database: "Europe/Copenhagen" @throws RangeError when there is none */
    constructor(zone: string) {
        this.format = new Intl.DateTimeFormat("en-GB", {
            timeZone: zone,
            hourCycle: "h23",
            year: "numeric",
            month: "2-digit",
            day: "2-digit",
            hour: "2-digit",
            minute: "2-digit",
            second: "2-digit",
        })
    }

    /** Two digits each, the year as many as it has. */
    at(unixMs: number): LocalTime {
        const parts = this.format.formatToParts(unixMs).map(({ type, value }) => [type, value])
        return Object.fromEntries(parts) as LocalTime
    }
}
