/**
 * Every part of the catalogue runs in `suitcase sim` as an entry of a list of sensors, and its readings are
 * those that it was fed. `npm test` runs the parts on pins, .ci/run all of them.
 */
import { describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { isOnPin, loadParts, type CataloguedPart } from "../../sim/parts/catalogue.js"
import { minutes } from "../../sim/time/duration.js"
import { compileNamed, programOfNode, surroundingsOf } from "../../tools/cli/apps.js"
import { SimSession } from "../../tools/cli/sim/session.js"
import { type Reading } from "../../tools/decoder/index.js"
import { IS_WHOLE } from "../runner/whole.js"
import { type KitNode, type StationProgram } from "../../tools/kit/kit.js"
import { fileWith, kitOf } from "./kit-bench.js"

const BOARD = "suitcase_pico_w"
/** Those of the converter, and others. */
const ANALOG_PINS = ["GP26", "GP27", "GP28"]
const DIGITAL_PINS = ["GP10", "GP11", "GP12", "GP13", "GP14", "GP15"]
const ANALOG_ROLES = ["Potentiometer", "SoilMoisture", "SoundLevel"]
/** Of one program: more would not fit beside each other. */
const MOST_PARTS = 8
/** Until the slowest part has warmed up far enough to say anything. */
const RUN_MS = minutes(4)
/** Options without which a part cannot be. */
const OPTIONS: Readonly<Record<string, string>> = {
    ads1115: "inputs: [{ pins: a0 }, { pins: a1 }]",
    direction: "first: contact",
}

/** Groups of parts that can be on one bus: no address twice. */
function groups(parts: readonly CataloguedPart[]): CataloguedPart[][] {
    const all: CataloguedPart[][] = []
    for (const part of parts) {
        const [address] = part.addresses
        const free = all.find(
            group =>
                group.length < MOST_PARTS && group.every(other => other.addresses[0] !== address)
        )
        if (free === undefined) all.push([part])
        else free.push(part)
    }
    return all
}

function listOf(group: readonly CataloguedPart[]): string {
    const pins = { analog: [...ANALOG_PINS], digital: [...DIGITAL_PINS] }
    const entries = group.map((part, i) => {
        const kind = isOnPin(part) && ANALOG_ROLES.includes(part.role) ? "analog" : "digital"
        const options = OPTIONS[part.folder]
        const fields = [
            `part: ${part.folder}`,
            `prefix: p${i}`,
            ...(isOnPin(part) ? [`pin: ${pins[kind].shift()}`] : []),
            ...(options === undefined ? [] : [options]),
        ]
        return `  - { ${fields.join(", ")} }`
    })
    return `board: ${BOARD}\nsensors:\n${entries.join("\n")}`
}

function stationOf({ name, program }: KitNode): StationProgram {
    if (program.kind === "app") throw new Error(`${name} has a program of its own`)
    return program
}

const parts = await loadParts()
const onPins = parts.filter(isOnPin)
const onBus = groups(parts.filter(part => !isOnPin(part)))
const nodes = IS_WHOLE ? [onPins, ...onBus] : [onPins]

describe.each(nodes.map(group => [group.map(({ folder }) => folder).join(", "), group] as const))(
    "the list of sensors %s",
    (_names, group) => {
        it("runs, and every channel delivers", { timeout: 120_000 }, async () => {
            const kit = await kitOf(fileWith(listOf(group)))
            const [node] = kit.nodes
            const named = await programOfNode(node)
            const readings: Reading[] = []
            const { heapBytes, beatPin } = theBoard(BOARD)
            const session = await SimSession.open({
                app: (await surroundingsOf(named)) ?? expect.fail("no surroundings"),
                program: compileNamed(named, { target: "board", heapBytes, beatPin }),
                board: { profile: theBoard(BOARD) },
                onReading: reading => readings.push(reading),
            })
            try {
                await session.run(RUN_MS)
                const report = await session.finish()
                expect(report).toMatchObject({ readingsLost: 0, silentNodes: 0, boardResets: [] })
            } finally {
                await session.close()
            }
            const delivered = new Set(readings.filter(r => !r.isGap).map(r => r.channel))
            const names = stationOf(node).sensors.flatMap(({ channels }) =>
                channels.map(channel => channel.name)
            )
            expect(names.length).toBeGreaterThanOrEqual(group.length)
            expect([...delivered].sort()).toEqual(names.sort())
        })
    }
)
