/** What a node that is a list of sensors has around it in the simulator: its parts, each in a steady place. */
import { type KitApp } from "../../sim/apps/app.js"
import { steady } from "../../sim/apps/from-imports.js"
import { AT24Model } from "../../src/drivers/at24/model.js"
import { DS3231Model } from "../../src/drivers/ds3231/model.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { type FittedPart, type KitNode, type StationProgram } from "./kit.js"

const MB85RC64_BYTES = 8192
const MB85RC256V_BYTES = 32_768
const EEPROM_SEED = 1

export function stationApp(node: KitNode, program: StationProgram): KitApp {
    const { sensors, store, clock } = program
    return {
        name: node.name,
        title: node.title,
        parts: () => [
            ...sensors.map(({ part, address }) => steady(part, address)),
            ...(store === undefined
                ? []
                : [{ folder: store.part.name, model: memoryModel(store) }]),
            ...(clock === undefined
                ? []
                : [{ folder: "ds3231", model: new DS3231Model(clock.address) }]),
        ],
        feeds: [],
    }
}

function memoryModel({ part, address }: FittedPart): RegisterModel {
    switch (part.name) {
        case "mb85rc64":
            return new MB85RCModel(MB85RC64_BYTES, address)
        case "at24c256":
            return new AT24Model(EEPROM_SEED, undefined, undefined, address)
        default:
            return new MB85RCModel(MB85RC256V_BYTES, address)
    }
}
