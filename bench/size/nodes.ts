/**
 * Nine nodes that a kit can make, with the FRAM board: for sizes, heap and blocks.
 * They are no applications, but what applications of the kit are made of.
 */
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { KIT, STATION_IMPORT } from "../../tests/support/station-source.js"
import { loadAnyPart, isOnPin, loadPart } from "../../sim/parts/catalogue.js"

/** A sensor of a node. */
interface NodeSensor {
    /** Folder of its driver. */
    readonly folder: string
    /** Options of the driver as source: `prefix: "room"`. */
    readonly options?: string
}

export interface KitNode {
    readonly name: string
    readonly sensors: readonly NodeSensor[]
}

const sensor = (folder: string, options?: string): NodeSensor =>
    options === undefined ? { folder } : { folder, options }

export const NODES: readonly KitNode[] = [
    {
        name: "indoor",
        sensors: [
            sensor("scd41"),
            sensor("sht4x", 'prefix: "room"'),
            sensor("veml7700"),
            sensor("motion"),
        ],
    },
    { name: "air-sps30", sensors: [sensor("sps30"), sensor("bme280"), sensor("max17048")] },
    {
        name: "air-sen55",
        sensors: [sensor("sen5x", 'prefix: "air"'), sensor("bme280"), sensor("max17048")],
    },
    {
        name: "waste-bin",
        sensors: [sensor("vl53l1x"), sensor("lis3dh"), sensor("sht4x"), sensor("max17048")],
    },
    {
        name: "water-level",
        sensors: [
            sensor("ads1115", 'inputs: [{ pins: "a0" }]'),
            sensor("ds2482", 'prefix: "water"'),
            sensor("bme280"),
            sensor("max17048"),
        ],
    },
    { name: "trail", sensors: [sensor("pcf8593"), sensor("aht20"), sensor("max17048")] },
    { name: "harbour", sensors: [sensor("amg8833"), sensor("mlx90614"), sensor("lis3dh")] },
    { name: "energy", sensors: [sensor("pulses"), sensor("ina219"), sensor("bh1750")] },
    {
        name: "eight-parts",
        sensors: [
            sensor("scd41"),
            sensor("sht4x", 'prefix: "room"'),
            sensor("bme280", 'prefix: "out"'),
            sensor("veml7700"),
            sensor("max17048"),
            sensor("lis3dh"),
            sensor("vl53l1x"),
            sensor("pulses"),
        ],
    },
]

export interface NodeSourceOptions {
    /** Default 60. */
    readonly intervalSeconds?: number
    /** Without it the node works from RAM. */
    readonly hasFram?: boolean
    /** Further station options as source. */
    readonly station?: string
}

/** @returns the node as a program of a file in devs/ */
export async function sourceOf(node: KitNode, options: NodeSourceOptions = {}): Promise<string> {
    const { intervalSeconds = 60, hasFram = true, station = "" } = options
    const imports: string[] = []
    const made: string[] = []
    for (const { folder, options: given } of node.sensors) {
        const part = await loadAnyPart(folder)
        imports.push(`import { ${part.className} } from "../src/drivers/${folder}/driver.js"`)
        const on = isOnPin(part) ? `new ds.${part.role}("${folder}")` : "bus"
        const own = [part.options, given].filter(text => text !== undefined).join(", ")
        made.push(`new ${part.className}(${on}${own === "" ? "" : `, { ${own} }`})`)
    }
    if (hasFram) imports.push('import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"')
    return `import * as ds from "@devicescript/core"
${STATION_IMPORT}
${imports.join("\n")}
const bus = openBus()
await startStation({
    app: "${node.name}",
    intervalSeconds: ${intervalSeconds},
    sensors: [${made.join(", ")}],
    ${KIT}
    ${hasFram ? "store: storeIn(new MB85RC256V(bus))," : ""}
    ${station}
})
`
}

export interface NodeParts {
    readonly sensors: RegisterModel[]
    readonly pins: ServiceModel[]
}

/** Models of a node's parts, without the FRAM, each at its usual inputs. */
export async function partsOf(node: KitNode): Promise<NodeParts> {
    const parts: NodeParts = { sensors: [], pins: [] }
    for (const { folder } of node.sensors) {
        const part = await loadAnyPart(folder)
        const model = isOnPin(part)
            ? part.model()
            : (await loadPart(folder)).model(part.addresses[0])
        for (const channel of part.channels)
            if (channel.isTotal !== true)
                model.feed(channel.input ?? channel.name, () => channel.normal)
        if (isOnPin(part)) parts.pins.push(model as ServiceModel)
        else parts.sensors.push(model as RegisterModel)
    }
    return parts
}
