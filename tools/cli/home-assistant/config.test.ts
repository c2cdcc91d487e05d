/** Discovery configs against the keys and units that Home Assistant documents. */
import { describe, expect, it } from "vitest"
import { type Schema, type SchemaChannel } from "../../decoder/index.js"
import { sensorConfig } from "./config.js"
import { idOf, ownerOf, stateTopicOf } from "./topics.js"

/** Sensor, device and origin keys of the MQTT sensor's documentation (all of those we may use). */
const SENSOR_KEYS: Readonly<Record<string, string>> = {
    name: "string",
    unique_id: "string",
    device_class: "string",
    unit_of_measurement: "string",
    state_class: "string",
    suggested_display_precision: "number",
    state_topic: "string",
    value_template: "string",
    json_attributes_topic: "string",
    json_attributes_template: "string",
    availability_topic: "string",
    availability_template: "string",
    expire_after: "number",
    device: "object",
    origin: "object",
}
const DEVICE_KEYS = ["identifiers", "name", "manufacturer", "model", "sw_version"]

/** Units that Home Assistant's sensor documentation lists for a class. */
const CLASS_UNITS: Readonly<Record<string, readonly (string | undefined)[]>> = {
    temperature: ["°C", "°F", "K"],
    humidity: ["%"],
    moisture: ["%"],
    battery: ["%"],
    carbon_dioxide: ["ppm"],
    illuminance: ["lx"],
    pm25: ["µg/m³"],
    pm10: ["µg/m³"],
    pm1: ["µg/m³"],
    atmospheric_pressure: ["hPa", "Pa", "kPa", "mbar", "bar", "inHg", "psi", "mmHg", "cbar"],
    pressure: ["hPa", "Pa", "kPa", "mbar", "bar", "inHg", "psi", "mmHg", "cbar"],
    distance: ["km", "m", "cm", "mm", "mi", "nmi", "yd", "in", "ft"],
    voltage: ["V", "mV", "µV", "kV", "MV"],
    sound_pressure: ["dB", "dBA"],
    precipitation: ["cm", "in", "mm"],
    precipitation_intensity: ["in/d", "in/h", "mm/d", "mm/h"],
    wind_speed: ["Beaufort", "ft/s", "km/h", "kn", "m/s", "mph"],
    wind_direction: ["°"],
    energy: ["J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh"],
    ph: [undefined],
    volatile_organic_compounds_parts: ["ppm", "ppb"],
}

function channel(name: string, quantity: string, unit: string, denominator = 100): SchemaChannel {
    return {
        name,
        quantity,
        unit,
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator: denominator,
        min: 0,
        max: 1,
        part: "any",
        calibration: 0,
    }
}

type Config = Record<string, unknown>

function configOf(
    made: SchemaChannel,
    node = "78a6c91dd92f5835",
    facts: { version: string; intervalSeconds: number | undefined } = {
        version: "1.2.3",
        intervalSeconds: 60,
    }
): Config {
    const schema: Schema = {
        id: 1,
        app: "indoor-climate",
        tickMs: 1000,
        channels: [made],
        text: "",
    }
    const text = sensorConfig({ site: "town", node }, schema, made, facts)
    const config = JSON.parse(text) as Config
    for (const [key, value] of Object.entries(config))
        expect(typeof value, `type of ${key}`).toBe(SENSOR_KEYS[key])
    for (const key of Object.keys(config["device"] as object)) expect(DEVICE_KEYS).toContain(key)
    const deviceClass = config["device_class"]
    if (typeof deviceClass === "string") {
        expect(Object.keys(CLASS_UNITS)).toContain(deviceClass)
        expect(CLASS_UNITS[deviceClass]).toContain(config["unit_of_measurement"])
    }
    return config
}

describe("a discovery config", () => {
    it("has every key in full", () => {
        expect(configOf(channel("temperature", "temperature", "Cel"))).toEqual({
            name: "Temperature",
            unique_id: "suitcase_town_78a6c91dd92f5835_547c_temperature",
            device_class: "temperature",
            unit_of_measurement: "°C",
            state_class: "measurement",
            suggested_display_precision: 2,
            state_topic: "suitcase-ha/town/78a6c91dd92f5835/temperature",
            value_template: "{{ value_json.value }}",
            json_attributes_topic: "suitcase-ha/town/78a6c91dd92f5835/temperature",
            json_attributes_template:
                "{{ {'time': value_json.time, 'quality': value_json.quality} | tojson }}",
            availability_topic: "suitcase/town/78a6c91dd92f5835/state",
            availability_template: "{{ 'online' if value_json.online else 'offline' }}",
            expire_after: 3600,
            device: {
                identifiers: ["suitcase_town_78a6c91dd92f5835_547c"],
                name: "Suitcase town/78a6c91dd92f5835",
                manufacturer: "Suitcase",
                model: "Indoor climate",
                sw_version: "1.2.3",
            },
            origin: { name: "suitcase listen" },
        })
    })

    it.each([
        ["relativeHumidity", "%RH", "humidity", "%"],
        ["soilMoisture", "%", "moisture", "%"],
        ["co2", "ppm", "carbon_dioxide", "ppm"],
        ["illuminance", "lx", "illuminance", "lx"],
        ["pm2_5", "ug/m3", "pm25", "µg/m³"],
        ["pm25", "ug/m3", "pm25", "µg/m³"],
        ["pm10", "ug/m3", "pm10", "µg/m³"],
        ["pm1", "ug/m3", "pm1", "µg/m³"],
        ["atmosphericPressure", "hPa", "atmospheric_pressure", "hPa"],
        ["pressure", "Pa", "pressure", "Pa"],
        ["distance", "mm", "distance", "mm"],
        ["fillingLevel", "cm", "distance", "cm"],
        ["batteryVoltage", "mV", "voltage", "mV"],
        ["batteryLevel", "%EL", "battery", "%"],
        ["soundLevel", "dB", "sound_pressure", "dB"],
        ["precipitation", "mm", "precipitation", "mm"],
        ["rainIntensity", "mm/h", "precipitation_intensity", "mm/h"],
        ["windSpeed", "m/s", "wind_speed", "m/s"],
        ["vocs", "ppb", "volatile_organic_compounds_parts", "ppb"],
        ["pH", "pH", "ph", undefined],
    ])("of %s in %s has class %s and unit %s", (quantity, unit, deviceClass, haUnit) => {
        const config = configOf(channel("c", quantity, unit))
        expect(config["device_class"]).toBe(deviceClass)
        expect(config["unit_of_measurement"]).toBe(haUnit)
        expect(config["state_class"]).toBe("measurement")
    })

    it.each([
        ["temperature", "mV", "mV"],
        ["co2", "ug/m3", "µg/m³"],
        ["fillingLevel", "%", "%"],
        ["presence", "1", undefined],
        ["turbidity", "NTU", "NTU"],
        ["pm4", "ug/m3", "µg/m³"],
        ["particleNumberPm25", "1/cm3", "1/cm³"],
        ["vocIndex", "1", undefined],
    ])("of %s in %s has no class, which would not fit the unit", (quantity, unit, haUnit) => {
        const config = configOf(channel("c", quantity, unit))
        expect(config["device_class"]).toBeUndefined()
        expect(config["unit_of_measurement"]).toBe(haUnit)
    })

    it("of a counter says that it only grows, of a direction that it must not be averaged", () => {
        expect(configOf(channel("c", "energy", "Wh"))["state_class"]).toBe("total_increasing")
        expect(configOf(channel("c", "vehicleCount", "count"))["state_class"]).toBe(
            "total_increasing"
        )
        expect(configOf(channel("c", "precipitationTotal", "mm"))).toMatchObject({
            device_class: "precipitation",
            state_class: "total_increasing",
        })
        const direction = configOf(channel("c", "windDirection", "deg"))
        expect(direction).toMatchObject({ device_class: "wind_direction" })
        expect(direction["state_class"]).toBeUndefined()
    })

    it.each([
        ["soil_moisture", "Soil moisture"],
        ["co2_min", "CO2 min"],
        ["outdoor_pm10", "Outdoor PM10"],
        ["second-temperature", "Second temperature"],
        ["__", "__"],
    ])("of channel %s is named %s", (name, title) => {
        expect(configOf(channel(name, "x", "1"))["name"]).toBe(title)
    })

    it("of a standard deviation keeps the unit but has no class that would be converted", () => {
        const config = configOf(channel("temperature_deviation", "temperature", "Cel"))
        expect(config["device_class"]).toBeUndefined()
        expect(config["unit_of_measurement"]).toBe("°C")
    })

    it("expires after four intervals, at least an hour; not while the interval is unknown", () => {
        const made = channel("co2", "co2", "ppm", 1)
        const expiry = (intervalSeconds: number | undefined) =>
            configOf(made, "n1", { version: "", intervalSeconds })["expire_after"]
        expect([expiry(1), expiry(900), expiry(7200), expiry(undefined)]).toEqual([
            3600,
            3600,
            28_800,
            undefined,
        ])
        expect(
            configOf(made, "n1", { version: "", intervalSeconds: 1 })["device"]
        ).not.toHaveProperty("sw_version")
    })

    it("has only names that Home Assistant takes, different for different channels", () => {
        const names = ["a.b", "a:b", "a b", "a/b", "a+b", "a#b", "a_b", "a-b"]
        expect(new Set(names.map(idOf)).size).toBe(names.length)
        for (const name of names) expect(idOf(name)).toMatch(/^[A-Za-z0-9_-]+$/)
        expect(idOf("a_b")).toBe("a_b")
        const config = configOf(channel("a/+/#", "x", "1"), "n.1:2")
        expect(config["unique_id"]).toMatch(/^suitcase_town_n_1_2_[0-9a-f]{4}_a_____[0-9a-f]{4}$/)
        expect(config["state_topic"]).toMatch(/^suitcase-ha\/town\/n\.1:2\/a_____[0-9a-f]{4}$/)
    })

    it("can be told from the configs of others by its state topic", () => {
        const origin = { site: "town", node: "n.1" }
        expect(ownerOf(stateTopicOf(origin, "a/b"))).toEqual(origin)
        for (const topic of [
            undefined,
            7,
            "",
            "zigbee2mqtt/lamp",
            "suitcase-ha/a/b",
            "suitcase-ha/a/b/c/d",
        ])
            expect(ownerOf(topic)).toBeUndefined()
    })
})
