/**
 * What Home Assistant calls a quantity and its unit. It refuses a device class
 * with a unit that does not belong to it, so a class is given only with one that does.
 *
 * @see https://www.home-assistant.io/integrations/sensor/#device-class
 */
import { type SchemaChannel } from "../../decoder/index.js"
import { unitSign } from "../quantities.js"

/** Where Home Assistant writes a unit in another way than people do. */
const SPELLINGS: Readonly<Record<string, string>> = { "%RH": "%" }

const LENGTHS = ["mm", "cm", "m", "km"]
const PRESSURES = ["Pa", "hPa", "kPa", "mbar", "bar"]
const SPEEDS = ["m/s", "km/h"]

interface DeviceClass {
    readonly name: string
    /** Quantities of it, in the words of channels. */
    readonly quantity: RegExp
    /** Units of it, as Home Assistant spells them; only those that our channels can have. */
    readonly units: readonly string[]
    /** Default "measurement"; undefined = values must not be averaged. */
    readonly stateClass?: "total_increasing" | undefined
}

/** The first that fits counts. */
const DEVICE_CLASSES: readonly DeviceClass[] = [
    { name: "temperature", quantity: /temperature/i, units: ["°C", "K"] },
    { name: "moisture", quantity: /moisture|soilHumidity/i, units: ["%"] },
    { name: "humidity", quantity: /humidity/i, units: ["%"] },
    { name: "carbon_dioxide", quantity: /^(co2|carbonDioxide)$/i, units: ["ppm"] },
    { name: "carbon_monoxide", quantity: /^(co|carbonMonoxide)$/i, units: ["ppm"] },
    { name: "nitrogen_dioxide", quantity: /^(no2|nitrogenDioxide)$/i, units: ["µg/m³"] },
    { name: "ozone", quantity: /^(o3|ozone)$/i, units: ["µg/m³"] },
    { name: "volatile_organic_compounds", quantity: /voc/i, units: ["µg/m³"] },
    { name: "volatile_organic_compounds_parts", quantity: /voc/i, units: ["ppm", "ppb"] },
    { name: "pm1", quantity: /^pm_?1$/i, units: ["µg/m³"] },
    { name: "pm25", quantity: /^pm_?2[._]?5$/i, units: ["µg/m³"] },
    { name: "pm10", quantity: /^pm_?10$/i, units: ["µg/m³"] },
    { name: "illuminance", quantity: /illuminance/i, units: ["lx"] },
    { name: "irradiance", quantity: /irradiance|solarRadiation/i, units: ["W/m²"] },
    { name: "sound_pressure", quantity: /sound|noise/i, units: ["dB", "dBA"] },
    {
        name: "atmospheric_pressure",
        quantity: /^(atmospheric|barometric|air)Pressure$/i,
        units: PRESSURES,
    },
    { name: "pressure", quantity: /pressure/i, units: PRESSURES },
    { name: "precipitation_intensity", quantity: /precipitation|rain/i, units: ["mm/h"] },
    { name: "precipitation", quantity: /precipitation|rain/i, units: ["mm", "cm"] },
    { name: "wind_speed", quantity: /wind|gust/i, units: SPEEDS },
    { name: "wind_direction", quantity: /windDirection/i, units: ["°"], stateClass: undefined },
    { name: "speed", quantity: /speed|velocity/i, units: SPEEDS },
    { name: "battery", quantity: /battery/i, units: ["%"] },
    { name: "voltage", quantity: /voltage|battery/i, units: ["mV", "V"] },
    { name: "current", quantity: /current/i, units: ["mA", "A"] },
    { name: "power", quantity: /power/i, units: ["W", "kW"] },
    {
        name: "energy",
        quantity: /energy/i,
        units: ["Wh", "kWh"],
        stateClass: "total_increasing",
    },
    { name: "weight", quantity: /weight|mass/i, units: ["g", "kg"] },
    { name: "frequency", quantity: /frequency/i, units: ["Hz"] },
    { name: "conductivity", quantity: /conductivity/i, units: ["µS/cm", "mS/cm", "S/cm"] },
    { name: "signal_strength", quantity: /signal|rssi/i, units: ["dB", "dBm"] },
    { name: "ph", quantity: /^ph$/i, units: [""] },
    { name: "distance", quantity: /distance|level|height|depth/i, units: LENGTHS },
]

/** Quantities that only grow, and start again at 0 when the node does. */
const COUNTERS = /(count|total)$/i

export interface EntityKind {
    readonly device_class?: string
    readonly unit_of_measurement?: string
    readonly state_class?: "measurement" | "total_increasing"
}

/** What Home Assistant needs to know about the kind of a channel. */
export function kindOf(channel: SchemaChannel): EntityKind {
    const unit = SPELLINGS[channel.unit] ?? unitSign(channel.unit)
    const unitOnly = unit === "" ? {} : { unit_of_measurement: unit }
    // A deviation is no temperature: 1 °C of it is 1.8 °F, not 33.8 °F.
    if (channel.name.endsWith("_deviation")) return { ...unitOnly, state_class: "measurement" }
    const found = DEVICE_CLASSES.find(
        ({ quantity, units }) => quantity.test(channel.quantity) && units.includes(unit)
    )
    const device = found === undefined ? {} : { device_class: found.name }
    if (COUNTERS.test(channel.quantity))
        return { ...device, ...unitOnly, state_class: "total_increasing" }
    if (found !== undefined && "stateClass" in found)
        return {
            ...device,
            ...unitOnly,
            ...(found.stateClass === undefined ? {} : { state_class: found.stateClass }),
        }
    return { ...device, ...unitOnly, state_class: "measurement" }
}
