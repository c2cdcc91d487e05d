/** What a node that is a list of sensors has around it in the simulator: its parts, each in a steady place. */
import { type KitApp } from "../../sim/apps/app.js"
import { isOnPin } from "../../sim/parts/catalogue.js"
import { fed } from "../../sim/parts/part-bench.js"
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
        sensors: () => [
            ...sensors.flatMap(({ part, address }) =>
                isOnPin(part) ? [] : [fed(part, part.model(address))]
            ),
            ...(store === undefined ? [] : [memoryModel(store)]),
            ...(clock === undefined ? [] : [new DS3231Model(clock.address)]),
        ],
        pins: () => sensors.flatMap(({ part }) => (isOnPin(part) ? [fed(part, part.model())] : [])),
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
