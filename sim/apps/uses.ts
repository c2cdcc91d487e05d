/**
 * What the suitcase is used for: one entry for each application, with the place that it is for. A new application
 * appears in `suitcase sim` and in the kit's day by its line here.
 */
export interface KitUse {
    /** File in devs/ without ".ts". */
    readonly app: string
    /** Name of the place: sim/worlds/registry.ts. */
    readonly place: string
    /**
     * Sensors as a kit file lists them, YAML: what stands in for the application in the kit's day as long as
     * there is none of its name. Without them it is left out until then.
     */
    readonly sensors?: string
    /** Channel that the kit's day shows; default the first one. */
    readonly shows?: string
}

export const USES: readonly KitUse[] = [
    { app: "starter", place: "room" },
    { app: "indoor-climate", place: "room", shows: "co2" },
    {
        app: "waste-bin",
        place: "bin",
        sensors: "[vl53l1x, lis3dh, sht4x, max17048]",
        shows: "distance",
    },
    { app: "trail-counter", place: "trail", sensors: "[pcf8593, aht20, max17048]", shows: "count" },
    { app: "citizen-air", place: "air", sensors: "[sps30, bme280, max17048]", shows: "pm25" },
    {
        app: "water-level",
        place: "stream",
        sensors:
            "[{ part: ads1115, inputs: [{ pins: a0, as: { levelProbe: " +
            "{ shuntMilliohms: 100000, rangeMillimetres: 5000 } } }] }, " +
            "{ part: ds2482, prefix: water }, bme280, max17048]",
        shows: "level",
    },
    {
        app: "street-noise",
        place: "street",
        sensors: "[{ part: sound, pin: A1_D1 }, sht4x]",
        shows: "sound_level",
    },
    {
        app: "green-area",
        place: "field",
        sensors:
            "[{ part: soil, pin: A1_D1, dry: 52000, wet: 22000 }, { part: raingauge, pin: MOSI_D10 }, " +
            "{ part: ds2482, prefix: soil }, bh1750]",
        shows: "soil_moisture",
    },
    {
        app: "energy-meter",
        place: "meter",
        sensors: "[{ part: pulses, pin: MOSI_D10 }, { part: motion, pin: A2_D2 }, ina219, bh1750]",
        shows: "pulses",
    },
    { app: "building-damp", place: "damp", sensors: "[sht4x, bh1750]", shows: "humidity" },
    {
        app: "harbour-watch",
        place: "quay",
        sensors: "[amg8833, mlx90614, lis3dh]",
        shows: "thermal_max",
    },
    { app: "link-survey", place: "room", shows: "delay" },
]
