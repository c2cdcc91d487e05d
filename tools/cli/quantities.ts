/**
 * What can be measured, once for all tools: units as SenML writes them, with their UN/CEFACT
 * code and how people write them, and quantities with the names of channels that mean them and
 * Home Assistant's classes. Channels on the board are made by src/drivers/shared/channels.ts.
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

/** A device class of Home Assistant, which refuses it with any other unit. */
export interface HomeAssistantClass {
    readonly name: string
    /** As Home Assistant spells them; only those that our channels can have. */
    readonly units: readonly string[]
    /** Default "measurement"; undefined = values must not be averaged. */
    readonly stateClass?: "total_increasing" | undefined
}

interface Quantity {
    /** In the words of the Smart Data Models. */
    readonly name: string
    /** What names of channels end with when they mean it. */
    readonly channels?: readonly string[]
    /** What programs may call it as well. */
    readonly also?: RegExp
    /** @see https://www.home-assistant.io/integrations/sensor/#device-class */
    readonly homeAssistant?: readonly HomeAssistantClass[]
}

const LENGTHS = ["mm", "cm", "m", "km"]
const PRESSURES = ["Pa", "hPa", "kPa", "mbar", "bar"]
const SPEEDS = ["m/s", "km/h"]
const DENSITIES = ["µg/m³"]

/** The first that fits a quantity's name counts. */
const QUANTITIES: readonly Quantity[] = [
    {
        name: "temperature",
        channels: ["temperature"],
        also: /temperature/i,
        homeAssistant: [{ name: "temperature", units: ["°C", "K"] }],
    },
    {
        name: "soilMoisture",
        channels: ["moisture"],
        also: /moisture|soilHumidity/i,
        homeAssistant: [{ name: "moisture", units: ["%"] }],
    },
    {
        name: "relativeHumidity",
        channels: ["humidity"],
        also: /humidity/i,
        homeAssistant: [{ name: "humidity", units: ["%"] }],
    },
    {
        name: "atmosphericPressure",
        channels: ["pressure"],
        also: /^(barometric|air)Pressure$/i,
        homeAssistant: [{ name: "atmospheric_pressure", units: PRESSURES }],
    },
    {
        name: "pressure",
        also: /pressure/i,
        homeAssistant: [{ name: "pressure", units: PRESSURES }],
    },
    {
        name: "co2",
        channels: ["co2"],
        also: /^carbonDioxide$/i,
        homeAssistant: [{ name: "carbon_dioxide", units: ["ppm"] }],
    },
    {
        name: "co",
        channels: ["co"],
        also: /^carbonMonoxide$/i,
        homeAssistant: [{ name: "carbon_monoxide", units: ["ppm"] }],
    },
    {
        name: "no2",
        channels: ["no2"],
        also: /^nitrogenDioxide$/i,
        homeAssistant: [{ name: "nitrogen_dioxide", units: DENSITIES }],
    },
    {
        name: "o3",
        channels: ["o3"],
        also: /^ozone$/i,
        homeAssistant: [{ name: "ozone", units: DENSITIES }],
    },
    { name: "so2", channels: ["so2"] },
    { name: "nh3", channels: ["nh3"] },
    { name: "formaldehyde", channels: ["hcho"] },
    {
        name: "tvoc",
        channels: ["tvoc"],
        also: /voc/i,
        homeAssistant: [
            { name: "volatile_organic_compounds", units: DENSITIES },
            { name: "volatile_organic_compounds_parts", units: ["ppm", "ppb"] },
        ],
    },
    {
        name: "pm1",
        channels: ["pm1"],
        also: /^pm_1$/i,
        homeAssistant: [{ name: "pm1", units: DENSITIES }],
    },
    {
        name: "pm25",
        channels: ["pm25"],
        also: /^pm_?2[._]?5$/i,
        homeAssistant: [{ name: "pm25", units: DENSITIES }],
    },
    { name: "pm4", channels: ["pm4"] },
    {
        name: "pm10",
        channels: ["pm10"],
        also: /^pm_10$/i,
        homeAssistant: [{ name: "pm10", units: DENSITIES }],
    },
    {
        name: "illuminance",
        channels: ["illuminance"],
        also: /illuminance/i,
        homeAssistant: [{ name: "illuminance", units: ["lx"] }],
    },
    {
        name: "irradiance",
        channels: ["irradiance"],
        also: /irradiance|solarRadiation/i,
        homeAssistant: [{ name: "irradiance", units: ["W/m²"] }],
    },
    { name: "uvIndex", channels: ["uv_index"] },
    {
        name: "soundLevel",
        channels: ["sound_level"],
        also: /sound|noise/i,
        homeAssistant: [{ name: "sound_pressure", units: ["dB", "dBA"] }],
    },
    {
        name: "precipitation",
        channels: ["rain"],
        also: /precipitation|rain/i,
        homeAssistant: [
            { name: "precipitation_intensity", units: ["mm/h"] },
            { name: "precipitation", units: ["mm", "cm"] },
        ],
    },
    {
        name: "windDirection",
        channels: ["wind_direction"],
        homeAssistant: [{ name: "wind_direction", units: ["°"], stateClass: undefined }],
    },
    {
        name: "windSpeed",
        channels: ["wind_speed"],
        also: /wind|gust/i,
        homeAssistant: [{ name: "wind_speed", units: SPEEDS }],
    },
    {
        name: "speed",
        also: /speed|velocity/i,
        homeAssistant: [{ name: "speed", units: SPEEDS }],
    },
    {
        name: "battery",
        also: /battery/i,
        homeAssistant: [
            { name: "battery", units: ["%"] },
            { name: "voltage", units: ["mV", "V"] },
        ],
    },
    {
        name: "voltage",
        channels: ["voltage"],
        also: /voltage/i,
        homeAssistant: [{ name: "voltage", units: ["mV", "V"] }],
    },
    {
        name: "current",
        channels: ["current"],
        also: /current/i,
        homeAssistant: [{ name: "current", units: ["mA", "A"] }],
    },
    {
        name: "power",
        channels: ["power"],
        also: /power/i,
        homeAssistant: [{ name: "power", units: ["W", "kW"] }],
    },
    {
        name: "energy",
        channels: ["energy"],
        also: /energy/i,
        homeAssistant: [{ name: "energy", units: ["Wh", "kWh"], stateClass: "total_increasing" }],
    },
    { name: "resistance", channels: ["resistance"] },
    {
        name: "weight",
        channels: ["weight"],
        also: /weight|mass/i,
        homeAssistant: [{ name: "weight", units: ["g", "kg"] }],
    },
    {
        name: "frequency",
        channels: ["frequency"],
        also: /frequency/i,
        homeAssistant: [{ name: "frequency", units: ["Hz"] }],
    },
    {
        name: "conductivity",
        channels: ["conductivity"],
        also: /conductivity/i,
        homeAssistant: [{ name: "conductivity", units: ["µS/cm", "mS/cm", "S/cm"] }],
    },
    {
        name: "signalStrength",
        also: /signal|rssi/i,
        homeAssistant: [{ name: "signal_strength", units: ["dB", "dBm"] }],
    },
    {
        name: "pH",
        channels: ["ph"],
        also: /^ph$/i,
        homeAssistant: [{ name: "ph", units: [""] }],
    },
    {
        name: "waterLevel",
        channels: ["level"],
        homeAssistant: [{ name: "distance", units: LENGTHS }],
    },
    { name: "depth", channels: ["depth"], homeAssistant: [{ name: "distance", units: LENGTHS }] },
    {
        name: "distance",
        channels: ["distance"],
        also: /distance|level|height|depth/i,
        homeAssistant: [{ name: "distance", units: LENGTHS }],
    },
    { name: "flow", channels: ["flow"] },
    {
        name: "acceleration",
        channels: ["acceleration", "acceleration_x", "acceleration_y", "acceleration_z"],
    },
    { name: "count", channels: ["count"] },
]

/** Each with what it tells. */
const CHANNEL_NAMES = new Map(
    QUANTITIES.flatMap(({ name, channels = [] }) => channels.map(channel => [channel, name]))
)

/** @returns "°C" for "Cel"; what is not in the table as it is */
export function unitSign(senml: string): string {
    return UNITS[senml]?.sign ?? senml
}

/** @param name of a channel: "co2", "outside_temperature" @returns undefined when its name tells no quantity */
export function quantityOf(name: string): string | undefined {
    const endings = QUANTITY_NAMES.filter(end => name === end || name.endsWith(`_${end}`))
    const longest = endings.sort((a, b) => b.length - a.length).at(0)
    return longest === undefined ? undefined : CHANNEL_NAMES.get(longest)
}

/** Names of channels that tell their quantity. */
export const QUANTITY_NAMES: readonly string[] = [...CHANNEL_NAMES.keys()]

/**
 * @param quantity of a channel: "relativeHumidity", or what its program calls it
 * @param unit as Home Assistant spells it
 * @returns the class that Home Assistant has for it in this unit
 */
export function homeAssistantClass(quantity: string, unit: string): HomeAssistantClass | undefined {
    const word = quantity.toLowerCase()
    return QUANTITIES.filter(
        ({ name, also }) => name.toLowerCase() === word || also?.test(quantity) === true
    )
        .flatMap(({ homeAssistant = [] }) => homeAssistant)
        .find(({ units }) => units.includes(unit))
}
