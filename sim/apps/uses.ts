/**
 * What the suitcase is used for: one entry for each application, with the place that it is for. A new application
 * appears in `suitcase sim` and, as soon as it is in devs/, in the kit's day by its line here.
 */
export interface KitUse {
    /** File in devs/ without ".ts". */
    readonly app: string
    /** Name of the place: sim/worlds/registry.ts. */
    readonly place: string
    /** Channel that the kit's day shows while it runs; default the first one. */
    readonly shows?: string
    /** Boards that it is for, where not all are: others cannot sleep deeply. */
    readonly family?: "esp32"
    /** Channels that nothing in the place can be compared with, each with the reason. */
    readonly withoutTruth?: Readonly<Record<string, string>>
}

const ALARM_STATE = "an alarm's state has hysteresis; what it tells is tested against what happens"

export const USES: readonly KitUse[] = [
    { app: "starter", place: "room", shows: "temperature" },
    { app: "indoor-climate", place: "room", shows: "co2" },
    { app: "waste-bin", place: "bin", shows: "fill_level" },
    { app: "trail-counter", place: "trail", shows: "passages" },
    {
        app: "citizen-air",
        place: "air",
        shows: "pm25_crilley",
        withoutTruth: { pm25_corrected: "nobody gave the node a correction: it is as measured" },
    },
    {
        app: "water-level",
        place: "stream",
        shows: "water_level",
        withoutTruth: { high_alarm: ALARM_STATE, rising_alarm: ALARM_STATE },
    },
    { app: "street-noise", place: "street", shows: "laeq" },
    { app: "green-area", place: "field", shows: "soil_moisture" },
    { app: "energy-meter", place: "meter", shows: "mean_power" },
    { app: "building-damp", place: "damp", shows: "humidity" },
    {
        app: "harbour-watch",
        place: "quay",
        shows: "thermal_max",
        withoutTruth: { presence: "a warm place anywhere: stones, birds and water are some too" },
    },
    {
        app: "link-survey",
        place: "room",
        shows: "delay",
        withoutTruth: Object.fromEntries(
            ["place", "reached", "delay", "attempts", "losses", "signal"].map(channel => [
                channel,
                "they are of the network, not of the place",
            ])
        ),
    },
    {
        app: "waste-bin-battery",
        place: "bin",
        shows: "fill_level",
        family: "esp32",
        withoutTruth: { time_to_full: "reckoned as by waste-bin, where it is compared" },
    },
]

/** @returns what is known of an application of that name */
export function useOf(app: string): KitUse | undefined {
    return USES.find(use => use.app === app)
}
