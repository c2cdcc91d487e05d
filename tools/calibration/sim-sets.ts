/** Parts that a simulated node can have for calibration, beside the kit's indoor climate. */
import { ADS1115Model } from "../../src/drivers/ads1115/model.js"
import { AMG8833Model } from "../../src/drivers/amg8833/model.js"
import { BME280Model } from "../../src/drivers/bme280/model.js"
import { MLX90614Model } from "../../src/drivers/mlx90614/model.js"
import { PMSA003IModel } from "../../src/drivers/pmsa003i/model.js"
import { SCD30Model } from "../../src/drivers/scd30/model.js"
import { SEN5xModel } from "../../src/drivers/sen5x/model.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { SPS30Model } from "../../src/drivers/sps30/model.js"
import { TMP117Model } from "../../src/drivers/tmp117/model.js"
import { VL53L1XModel } from "../../src/drivers/vl53l1x/model.js"

/** What a sensor's input is, with its faults. */
export type Feed = (channel: string) => () => number

export interface SimSet {
    readonly parts: string
    /** Its program, apart from the start of the station. */
    readonly source: string
    /** @param feed of a channel, in its unit @param glass light of a cover glass, kcps, and error of a distance, m */
    readonly models: (
        feed: Feed,
        distance: { readonly glass: number; readonly error: number }
    ) => RegisterModel[]
}

export const SIM_SET_NAMES = ["air", "outdoor", "particles", "surfaces", "water"] as const
export type SimSetName = (typeof SIM_SET_NAMES)[number]

/** What a PMSA003I works out of the masses that it calls standard. */
const OPEN_AIR_MASSES = ["pm1", "pm25", "pm10"]
/** Of the simulated shunt and probes of the set "water". */
const SHUNT_OHMS = 100
const LEVEL_RANGE_M = 5
const [DRY_VOLTS, WET_VOLTS] = [2.8, 1.2]

export const SIM_SETS: Readonly<Record<SimSetName, SimSet>> = {
    air: {
        parts: "SCD30, SPS30 and TMP117",
        source: `import { SCD30Calibration } from "../src/drivers/scd30/calibration.js"
import { SCD30 } from "../src/drivers/scd30/driver.js"
import { ParticleFan } from "../src/drivers/shared/sensirion/fan.js"
import { SPS30 } from "../src/drivers/sps30/driver.js"
import { TMP117 } from "../src/drivers/tmp117/driver.js"
import { TMP117Offset } from "../src/drivers/tmp117/offset.js"
import { calibrations, openBus, procedures, startStation } from "../src/station/index.js"

const bus = openBus()
const co2 = new SCD30(bus, { only: "co2" })
const dust = new SPS30(bus)
const thermometer = new TMP117(bus)
const sensors = [co2, dust, thermometer]
const able = [new SCD30Calibration(bus, co2), new ParticleFan(bus, dust), new TMP117Offset(bus, thermometer)]
`,
        models: feed => [
            new SCD30Model().feed("temperature", 21).feed("humidity", 45).feed("co2", feed("co2")),
            cleanAir(),
            new TMP117Model().feed("temperature", feed("temperature")),
        ],
    },
    outdoor: {
        parts: "PMSA003I and BME280",
        source: `import { CorrectedByHumidity } from "../src/derived/by-humidity.js"
import { BME280 } from "../src/drivers/bme280/driver.js"
import { PMSA003I } from "../src/drivers/pmsa003i/driver.js"
import { calibrations, channelOf, openBus, startStation } from "../src/station/index.js"

const bus = openBus()
const measured = [new PMSA003I(bus, { standard: true }), new BME280(bus)]
const calibration = calibrations()
const sensors = [...measured, new CorrectedByHumidity(channelOf(measured, "pm25"), channelOf(measured, "humidity"), calibration)]
const able = []
`,
        models: feed => [
            humidAir(),
            new BME280Model()
                .feed("temperature", feed("temperature"))
                .feed("humidity", feed("humidity"))
                .feed("pressure", 1013),
        ],
    },
    particles: {
        parts: "SEN55",
        source: `import { SEN5x } from "../src/drivers/sen5x/driver.js"
import { ParticleFan } from "../src/drivers/shared/sensirion/fan.js"
import { calibrations, openBus, procedures, startStation } from "../src/station/index.js"

const bus = openBus()
const dust = new SEN5x(bus)
const sensors = [dust]
const able = [new ParticleFan(bus, dust)]
`,
        models: feed => {
            const model = new SEN5xModel().feed("voc_index", 100).feed("nox_index", 1)
            model.feed("temperature", feed("temperature")).feed("humidity", feed("humidity"))
            for (const name of ["pm1", "pm25", "pm4", "pm10"]) model.feed(name, 8)
            return [model]
        },
    },
    surfaces: {
        parts: "VL53L1X, MLX90614 and AMG8833",
        source: `import { AMG8833 } from "../src/drivers/amg8833/driver.js"
import { MLX90614 } from "../src/drivers/mlx90614/driver.js"
import { MLX90614Emissivity } from "../src/drivers/mlx90614/emissivity.js"
import { VL53L1XCompensation } from "../src/drivers/vl53l1x/compensation.js"
import { VL53L1X } from "../src/drivers/vl53l1x/driver.js"
import { calibrations, openBus, procedures, startStation } from "../src/station/index.js"

const bus = openBus()
const range = new VL53L1X(bus, { only: "distance" })
const spot = new MLX90614(bus)
const sensors = [range, spot, new AMG8833(bus)]
const able = [new VL53L1XCompensation(bus, range), new MLX90614Emissivity(bus, spot)]
`,
        models: (feed, { glass, error }) => {
            const range = new VL53L1XModel().feed("distance", feed("distance"))
            Object.assign(range, { glass, error: 1000 * error })
            return [
                range.feed("ambient_rate", 5000),
                new MLX90614Model()
                    .feed("object_temperature", feed("object_temperature"))
                    .feed("ambient_temperature", 21),
                new AMG8833Model()
                    .feed("background", 21)
                    .feed("spot", feed("thermal_max"))
                    .feed("housing_temperature", 22),
            ]
        },
    },
    water: {
        parts: "a level probe and a soil probe on an ADS1115",
        source: `import { ADS1115 } from "../src/drivers/ads1115/driver.js"
import { LevelProbe } from "../src/drivers/shared/voltage/level-probe.js"
import { SoilProbe } from "../src/drivers/shared/voltage/soil-probe.js"
import { calibrations, openBus, procedures, startStation } from "../src/station/index.js"

const bus = openBus()
const level = new LevelProbe({ shuntMilliohms: ${1000 * SHUNT_OHMS}, rangeMillimetres: ${1000 * LEVEL_RANGE_M} })
const soil = new SoilProbe({ dryMillivolts: ${1000 * DRY_VOLTS}, wetMillivolts: ${1000 * WET_VOLTS} })
const sensors = [new ADS1115(bus, { inputs: [{ pins: "a0", as: level }, { pins: "a1", as: soil }] })]
const able = []
`,
        models: feed => {
            const [level, soil] = [feed("level"), feed("soil_moisture")]
            const loop = () => 0.004 + (0.016 * level()) / LEVEL_RANGE_M
            const probe = () => DRY_VOLTS + ((WET_VOLTS - DRY_VOLTS) * soil()) / 100
            return [
                new ADS1115Model()
                    .feed("a0", () => SHUNT_OHMS * loop())
                    .feed("a1", probe)
                    .feed("a2", 0)
                    .feed("a3", 0),
            ]
        },
    },
}

/** The program of a node with these parts. */
export function simSetSource(name: SimSetName): string {
    const { source } = SIM_SETS[name]
    const isAble = !source.includes("const able = []")
    const made = source.includes("const calibration =")
        ? "calibration"
        : `calibration: calibrations(${isAble ? "undefined, procedures(able)" : ""})`
    return (
        (isAble ? source : source.replace("const able = []\n", "").replace("procedures, ", "")) +
        `
await startStation({
    app: "${name}",
    intervalSeconds: 60,
    sensors,
    ${made},
})
`
    )
}

/** In the air of a clean room. */
/** 21 µg/m³ of fine particles, as the part shows them. */
function humidAir(): PMSA003IModel {
    const model = new PMSA003IModel()
    for (const { name } of model.channels)
        if (!OPEN_AIR_MASSES.includes(name)) model.feed(name, name.includes("pm") ? 21 : 300)
    return model
}

function cleanAir(): SPS30Model {
    const model = new SPS30Model()
    for (const { name } of model.channels) model.feed(name, name.startsWith("pm") ? 8 : 50)
    return model.feed("typical_size", 0.6e-6)
}
