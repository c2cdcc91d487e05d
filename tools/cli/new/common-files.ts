/** Files of a new driver that do not depend on how the part talks. */
import { addressText } from "../parts.js"
import { tableCall } from "./channel-table.js"
import { steps, type DriverPlan, type NewChannel } from "./plan.js"

/** Lines in which the driver's constructor lists its channels. */
export function channelList(plan: DriverPlan): string {
    return plan.channels
        .map(
            channel =>
                `            ${tableCall(channel)?.source ?? `${channel.name}Channel(options?.prefix)`},`
        )
        .join("\n")
}

/** Imports that {@link channelList} and {@link channelFunctions} need. */
export function channelImports(plan: DriverPlan): string {
    const calls = plan.channels.map(tableCall)
    const names = [...new Set(calls.map(call => call?.name).filter(name => name !== undefined))]
    const table =
        names.length > 0
            ? `import { ${names.sort().join(", ")} } from "../shared/channels.js"\n`
            : ""
    const own = calls.includes(undefined) ? `import { Channel } from "../../core/channel.js"\n` : ""
    return own + table
}

/** Functions for the channels that are not in the table of quantities. */
export function channelFunctions(plan: DriverPlan): string {
    return plan.channels
        .filter(channel => tableCall(channel) === undefined)
        .map(
            channel => `
/** ${stepText(channel)} */
function ${channel.name}Channel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "${channel.name}",
        quantity: "${channel.quantity}",
        unit: "${channel.unit}",
        unitCode: "${channel.unitCode}",
        scaleNumerator: ${channel.scale[0]},
        scaleDenominator: ${channel.scale[1]},
        min: ${steps(channel, channel.min)},
        max: ${steps(channel, channel.max)},
    }
}
`
        )
        .join("")
}

/** Name of the function that converts a channel: "lps22hbPressure". */
export function functionName(plan: DriverPlan, channel: string): string {
    const words = channel.split("_").map(word => word[0].toUpperCase() + word.slice(1))
    return plan.folder + words.join("")
}

/** "0.01 Cel": one step in words. */
export function stepText({ scale, unit, name }: NewChannel): string {
    return `${name} in ${scale[0] / scale[1]} ${unit}`
}

/** What a driver's class begins with, whatever it extends: its description and its constructor. */
export function classHead(plan: DriverPlan, base: string): string {
    return `/**
 * ${plan.channels.map(stepText).join(", ")}.
 *
 * @devsPart ${plan.maker} ${plan.className}
 * @devsServices ${plan.channels.map(({ name }) => name).join(", ")}
 * @see {@link https://example.com/ | Datasheet}
 */
export class ${plan.className} extends ${base} {
    constructor(bus: I2C, options?: DriverOptions) {
        super("${plan.maker} ${plan.className}", bus, options?.address ?? ${plan.folder.toUpperCase()}_ADDRESS, [
${channelList(plan)}
        ])
    }
`
}

/** Lines that put words out of the bytes of a measurement, high byte first. */
export function putWords(plan: DriverPlan): string {
    return plan.channels
        .map(({ name }, i) => {
            const word = `(data[${2 * i}] << 8) | data[${2 * i + 1}]`
            return `        this.put(${i}, ${functionName(plan, name)}(${word}))`
        })
        .join("\n")
}

/** Lines in which a model lists its inputs. @param epsilon what the part's resolution leaves open, in the unit */
export function modelInputs(plan: DriverPlan, epsilon: (channel: NewChannel) => number): string {
    return plan.channels
        .map(channel => {
            const { name, unit, min, max } = channel
            return `        { name: "${name}", unit: "${unit}", min: ${min}, max: ${max}, epsilon: ${epsilon(channel)} },`
        })
        .join("\n")
}

/** Half a step of a part whose 16 bits span the range. */
export function halfWordStep({ min, max }: NewChannel): number {
    return (max - min) / 131070
}

export function partFile(plan: DriverPlan, checkValue: string, identification: string): string {
    const channels = plan.channels
        .map(
            channel => `        {
            name: "${channel.name}",
            accuracy: "±? ${channel.unit}: from the datasheet",
            normal: ${normal(channel)},
        },`
        )
        .join("\n")
    return `import { type Part } from "../shared/part.js"
import { ${plan.className}Model } from "./model.js"

export const part: Part = {
    maker: "${plan.maker}",
    name: "${plan.className}",
    summary: "${plan.channels.map(({ name }) => name.replaceAll("_", " ")).join(", ")}",
    // climate, air quality, light, distance and presence, motion, counting, electrical, time
    group: "climate",
    className: "${plan.className}",
    addresses: [${plan.addresses.map(addressText).join(", ")}],
    datasheet: {
        title: "${plan.className}",
        revision: "which revision?",
        url: "https://example.com/",
    },
    checkValue: "${checkValue}",
    identification: "${identification}",
    priceClass: "€",
    channels: [
${channels}
    ],
    model: address => new ${plan.className}Model(address),
}
`
}

/** Runs the common suite; tests of the part's own go there too. */
export function suiteFile(plan: DriverPlan): string {
    return `import { PartProgram } from "../../../sim/parts/part-program.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { part } from "./part.js"

commonSuite(new PartProgram("${plan.folder}", part))
`
}

export function readmeFile(plan: DriverPlan): string {
    const rows = plan.channels
        .map(
            ({ name, unit, scale, min, max }) =>
                `| \`${name}\` | ${unit} | ${scale[0] / scale[1]} | ${min} … ${max} ${unit} | ±? ${unit} |`
        )
        .join("\n")
    return `# ${plan.maker} ${plan.className}

What it measures, and what it is good for, in one or two sentences.

| channel | unit | step | range | accuracy (typical) |
| ------- | ---- | ---- | ----- | ------------------ |
${rows}

Datasheet "${plan.className}", which revision?

- **Address** ${plan.addresses.map(addressText).join(", ")}.
- **Wiring** 3.3 V, GND, SDA, SCL. Which voltages does it bear?
- **Warm-up** how long until readings are good?
- **Calibration** what comes from the factory, what drifts?
- **Power** while it measures, and between samples?

\`\`\`ts
new ${plan.className}(bus) // ${plan.channels.map(({ name }) => name).join(", ")}
\`\`\`

## How it is read

Set-up: … Each sample: …

## Known limits

- Not tested on hardware yet.
`
}

/** A program for the board: one station with this sensor. */
export function exampleFile(plan: DriverPlan): string {
    return `/** The ${plan.className} alone: a reading every ten seconds. */
import { ${plan.className} } from "../../src/drivers/${plan.folder}/driver.js"
import { openBus, remoteCommands, startStation } from "../../src/station/index.js"

const bus = openBus()

await startStation({
    app: "${plan.folder}",
    intervalSeconds: 10,
    sensors: [new ${plan.className}(bus)],
    commands: remoteCommands,
})
`
}

/** An input for tests that is neither an end of the scale nor zero, and negative where it can be. */
function normal({ min, max, scale }: NewChannel): number {
    const wanted = min < 0 ? min * 0.37 : min + (max - min) * 0.37
    return Number((Math.round((wanted * scale[1]) / scale[0]) * (scale[0] / scale[1])).toFixed(6))
}
