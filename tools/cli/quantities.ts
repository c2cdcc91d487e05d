/**
 * What can be measured, once for all tools: units as SenML writes them, with their UN/CEFACT
 * code and how people write them, and quantities by the names that channels have. Channels
 * on the board are made by src/drivers/shared/channels.ts; Home Assistant's classes of
 * quantities are in home-assistant/units.ts.
 */

export interface Unit {
    /** UN/CEFACT common code (Recommendation 20). */
    readonly code: string
    /** As people write it; "" = none. Default: as SenML does. */
    readonly sign?: string
}

/** By their SenML symbol (RFC 8428, RFC 8798). */
export const UNITS: Readonly<Record<string, Unit | undefined>> = {
    Cel: { code: "CEL", sign: "°C" },
    "%RH": { code: "P1", sign: "% RH" },
    "%EL": { code: "P1", sign: "%" },
    "/100": { code: "P1", sign: "%" },
    Pa: { code: "PAL" },
    ppm: { code: "59" },
    ppb: { code: "61" },
    "ug/m3": { code: "GQ", sign: "µg/m³" },
    "1/cm3": { code: "H50", sign: "1/cm³" },
    lx: { code: "LUX" },
    m: { code: "MTR" },
    mm: { code: "MMT" },
    "m/s": { code: "MTS" },
    "m/s2": { code: "MSK", sign: "m/s²" },
    m3: { code: "MTQ", sign: "m³" },
    l: { code: "LTR", sign: "L" },
    deg: { code: "DD", sign: "°" },
    V: { code: "VLT" },
    A: { code: "AMP" },
    W: { code: "WTT" },
    Wh: { code: "WHR" },
    "W/m2": { code: "D54", sign: "W/m²" },
    Ohm: { code: "OHM", sign: "Ω" },
    Hz: { code: "HTZ" },
    "1/s": { code: "C97" },
    "1/h": { code: "H10" },
    dB: { code: "2N" },
    kg: { code: "KGM" },
    "S/m": { code: "D10" },
    pH: { code: "Q30", sign: "" },
    count: { code: "C62", sign: "" },
    "1": { code: "C62", sign: "" },
    "/": { code: "C62", sign: "" },
}

/** Quantity in the words of the Smart Data Models, by what a channel's name ends with. */
const QUANTITIES: Readonly<Record<string, string>> = {
    temperature: "temperature",
    humidity: "relativeHumidity",
    pressure: "atmosphericPressure",
    co2: "co2",
    co: "co",
    no2: "no2",
    o3: "o3",
    so2: "so2",
    nh3: "nh3",
    hcho: "formaldehyde",
    tvoc: "tvoc",
    pm1: "pm1",
    pm25: "pm25",
    pm4: "pm4",
    pm10: "pm10",
    illuminance: "illuminance",
    irradiance: "irradiance",
    uv_index: "uvIndex",
    distance: "distance",
    level: "waterLevel",
    depth: "depth",
    moisture: "soilMoisture",
    conductivity: "conductivity",
    ph: "pH",
    weight: "weight",
    flow: "flow",
    wind_speed: "windSpeed",
    wind_direction: "windDirection",
    rain: "precipitation",
    sound_level: "soundLevel",
    voltage: "voltage",
    current: "current",
    power: "power",
    energy: "energy",
    frequency: "frequency",
    resistance: "resistance",
    acceleration: "acceleration",
    acceleration_x: "acceleration",
    acceleration_y: "acceleration",
    acceleration_z: "acceleration",
    count: "count",
}

/** @returns "°C" for "Cel"; what is not in the table as it is */
export function unitSign(senml: string): string {
    return UNITS[senml]?.sign ?? senml
}

/** @param name of a channel: "co2", "outside_temperature" @returns undefined when its name tells no quantity */
export function quantityOf(name: string): string | undefined {
    const endings = Object.keys(QUANTITIES).filter(end => name === end || name.endsWith(`_${end}`))
    const longest = endings.sort((a, b) => b.length - a.length).at(0)
    return longest === undefined ? undefined : QUANTITIES[longest]
}

/** Names of channels that tell their quantity. */
export const QUANTITY_NAMES: readonly string[] = Object.keys(QUANTITIES)
