/**
 * The recorded series as the codec sees them: integers in the native step of
 * each channel. One table per series file lists columns and steps; it follows
 * the INDEX.md of the traces. Text, id and derived columns are left out;
 * recordings that interleave devices are split by device.
 */
import { readFileSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"

/** A column and its step: integer = round((value − offset) ÷ step). */
interface Column {
    readonly name: string
    readonly step: number
    readonly offset?: number
}

interface TraceSpec {
    readonly file: string
    readonly columns: readonly Column[]
    /** Column that tells devices apart. */
    readonly device?: string
    /** Ticks per second of the row times. */
    readonly ticksPerSecond: number
    /** Unit of the time column, seconds, when it is a plain number. */
    readonly timeUnit?: number
}

/** Rows of one device. A cell without a value is a gap. */
export interface Table {
    readonly device: string
    readonly rows: number
    readonly channels: number
    /** Row times, ticks; starts at the first row's time. */
    readonly times: Float64Array
    /** rows × channels. */
    readonly values: Int32Array
    /** rows × channels; 1 where there is no value. */
    readonly gaps: Uint8Array
}

/** One recording: a table per device. */
export interface Series {
    readonly name: string
    readonly channelNames: readonly string[]
    readonly ticksPerSecond: number
    readonly tables: readonly Table[]
    readonly readings: number
}

const centi = (...names: string[]): Column[] => names.map(name => ({ name, step: 0.01 }))
const whole = (...names: string[]): Column[] => names.map(name => ({ name, step: 1 }))
const milli = (...names: string[]): Column[] => names.map(name => ({ name, step: 0.001 }))

/** The recordings, by file name without ".csv". */
export const TRACES: readonly TraceSpec[] = [
    {
        file: "muenster_bike_counts_15min",
        columns: whole(
            "gartenstrasse_total_bikes",
            "gartenstrasse_in_bikes",
            "gartenstrasse_out_bikes",
            "promenade_total_bikes"
        ),
        ticksPerSecond: 1,
    },
    {
        // Mean of 180 readings of 0.25 cm: the step is 1/720 cm.
        file: "owl_ultrasonic_water_distance",
        columns: [{ name: "distance_cm", step: 1 / 720 }, ...centi("battery_V", "battery_soc_pct")],
        ticksPerSecond: 1,
        timeUnit: 1,
    },
    {
        file: "noaa_8658120_water_level_6min",
        columns: milli("water_level_m", "sigma_m"),
        ticksPerSecond: 1,
    },
    {
        // Volume and weight are derived by the platform and left out.
        file: "edinburgh_bins_fill_events",
        columns: whole("fill_before_collection_pct", "fill_after_pct", "confidence_pct"),
        device: "bin_site_id",
        ticksPerSecond: 1,
    },
    {
        file: "uci_room_occupancy_estimation",
        columns: [
            ...["s1_temp_degC", "s2_temp_degC", "s3_temp_degC", "s4_temp_degC"].map(name => ({
                name,
                step: 0.0625,
            })),
            ...whole("s1_light_lux", "s2_light_lux", "s3_light_lux", "s4_light_lux"),
            ...centi("s1_sound_V", "s2_sound_V", "s3_sound_V", "s4_sound_V"),
            { name: "s5_co2_ppm", step: 5 },
            ...whole("s6_pir_0or1", "s7_pir_0or1", "room_occupancy_count_persons"),
        ],
        ticksPerSecond: 1,
    },
    {
        file: "scd30_co2_room_irregular",
        columns: [{ name: "co2_ppm", step: 1 }, ...centi("temperature_degC", "humidity_pctRH")],
        ticksPerSecond: 10,
    },
    {
        file: "luftdaten_sds011_dht22",
        columns: [
            ...centi("pm10_ugm3", "pm25_ugm3"),
            { name: "temperature_degC", step: 0.1 },
            { name: "humidity_pctRH", step: 0.1 },
            ...whole("loop_samples_count", "min_cycle_us", "max_cycle_us", "wifi_rssi_dBm"),
        ],
        ticksPerSecond: 1,
    },
    {
        file: "opensensemap_muenster_pm25_newyear",
        columns: centi("pm25_ugm3"),
        device: "box",
        ticksPerSecond: 1,
    },
    {
        file: "smartcitizen_sck21_30s",
        columns: [
            ...centi("temperature_degC", "humidity_pctRH"),
            ...whole("battery_pct", "light_lux"),
            ...centi("noise_dBA", "pressure_kPa"),
            ...whole("ccs811_tvoc_ppb", "ccs811_eco2_ppm"),
        ],
        ticksPerSecond: 1,
    },
    {
        file: "noise_laeq_1s",
        columns: [{ name: "laeq_1s_dBA", step: 0.1, offset: 0.085907 }],
        ticksPerSecond: 1,
    },
    {
        file: "hast_node2_lora_21s",
        columns: whole(
            "battery_centivolt",
            "tx_duration_ms",
            "temperature_centidegC",
            "humidity_centipctRH",
            "status_hex"
        ),
        ticksPerSecond: 1,
        timeUnit: 1,
    },
    {
        file: "underground_lora_ds18b20_143s",
        columns: [
            { name: "soil_temperature_degC", step: 0.0625 },
            ...whole("rssi_dBm", "snr_as_logged"),
        ],
        ticksPerSecond: 1,
    },
    {
        file: "nuig_weather_ophelia_1min",
        columns: [
            ...milli("temperature_degC"),
            ...centi("humidity_pctRH"),
            ...milli("wind_speed_ms"),
            ...centi("wind_direction_deg"),
            ...milli("gust_ms"),
            ...whole("pressure_hPa"),
            ...milli("total_solar_unit_not_stated", "diffuse_solar_unit_not_stated"),
            ...centi("battery_V"),
        ],
        ticksPerSecond: 1,
    },
    {
        file: "dmi_rain_05205_hourly",
        columns: [{ name: "precipitation_mm", step: 0.01 }],
        ticksPerSecond: 1,
    },
    {
        file: "uci_fan_accelerometer_50hz",
        columns: [
            { name: "accel_x_g", step: 1 / 256 },
            { name: "accel_y_g", step: 1 / 256 },
            { name: "accel_z_g", step: 1 / 256 },
            ...whole("fan_speed_pct"),
        ],
        ticksPerSecond: 1000,
        timeUnit: 1,
    },
    {
        // No native step is known; two decimals are what such a sensor resolves.
        file: "nab_ambient_temperature_hourly",
        columns: centi("temperature_unit_not_stated"),
        ticksPerSecond: 1,
    },
]

/** Reads one recording. @param folder where the .csv files are */
export function loadSeries(folder: string, spec: TraceSpec): Series {
    const lines = readFileSync(path.join(folder, spec.file + ".csv"), "utf8")
        .trimEnd()
        .split("\n")
    const header = lines[0].split(",")
    const column = (name: string): number => {
        const at = header.indexOf(name)
        if (at < 0) throw new Error(`${spec.file}.csv has no column ${name}`)
        return at
    }
    const at = spec.columns.map(c => column(c.name))
    const deviceAt = spec.device === undefined ? -1 : column(spec.device)
    const groups = new Map<string, string[][]>()
    for (const line of lines.slice(1)) {
        const cells = line.split(",")
        const device = deviceAt < 0 ? "" : cells[deviceAt]
        let group = groups.get(device)
        if (group === undefined) groups.set(device, (group = []))
        group.push(cells)
    }
    const channels = at.length
    const tables: Table[] = []
    let readings = 0
    for (const [device, rows] of groups) {
        const values = new Int32Array(rows.length * channels)
        const gaps = new Uint8Array(rows.length * channels)
        const times = new Float64Array(rows.length)
        rows.forEach((cells, row) => {
            times[row] = rowTime(cells[0], spec)
            spec.columns.forEach((c, i) => {
                const cell = cells[at[i]]
                const value = Number(cell)
                if (cell === "" || !Number.isFinite(value)) gaps[row * channels + i] = 1
                else {
                    values[row * channels + i] = Math.round((value - (c.offset ?? 0)) / c.step)
                    readings++
                }
            })
        })
        tables.push({ device, rows: rows.length, channels, times, values, gaps })
    }
    return {
        name: spec.file,
        channelNames: spec.columns.map(c => c.name),
        ticksPerSecond: spec.ticksPerSecond,
        tables,
        readings,
    }
}

/** Time of a row in ticks. */
function rowTime(text: string, spec: TraceSpec): number {
    const seconds =
        spec.timeUnit !== undefined
            ? Number(text) * spec.timeUnit
            : Date.parse(/[Z+]/.test(text.slice(10)) ? text : text + "Z") / 1000
    return Math.round(seconds * spec.ticksPerSecond)
}

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..")

/** Where the recordings are: --traces, SUITCASE_TRACES, or beside the project. */
export function tracesFolder(): string {
    const at = process.argv.indexOf("--traces")
    const named = at < 0 ? process.env["SUITCASE_TRACES"] : process.argv[at + 1]
    return named ?? path.resolve(PROJECT, "../shared/traces")
}

/** Reads all recordings of {@link TRACES}. */
export function loadAll(folder: string): Series[] {
    return TRACES.map(spec => loadSeries(folder, spec))
}
