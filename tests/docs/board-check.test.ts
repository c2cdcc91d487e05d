/** docs/board-check.md: its programs, run on simulated boards, print what its boxes say. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { FLAG_COMMAND, encodeJacdacFrame } from "../../sim/jacdac/frame.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { BoardBench, type BoardName } from "../support/board-bench.js"

/** Numbers may differ by so much: relative, and what one tick makes. */
const TOLERANCE = 0.1
const TICK = 10

/** The attempt that check 6 makes to the computer that says nothing. */
const SILENT_ATTEMPT = 4

interface Check {
    readonly title: string
    readonly program: string
    readonly boxes: readonly { readonly board: BoardName; readonly lines: readonly string[] }[]
}

const BOARD_NAMES: readonly (readonly [words: string, board: BoardName])[] = [
    ["QT Py ESP32-C3", "qtPy"],
    ["Pico W", "picoW"],
]

function boardOf(words: string): BoardName {
    const board = BOARD_NAMES.find(([name]) => words.includes(name))?.[1]
    if (board === undefined) throw new Error(`which board is it, in "${words}"?`)
    return board
}

function checks(): Check[] {
    const text = readFileSync(path.join(PROJECT_ROOT, "docs", "board-check.md"), "utf8")
    return text.split(/^## /m).flatMap(section => {
        const program = /```ts\n([\s\S]*?)```/.exec(section)?.[1]
        if (program === undefined) return []
        const boxes = [...section.matchAll(/(On a [^\n]*)\n+```text\n([\s\S]*?)\n```/g)].map(
            ([, words, box]) => ({ board: boardOf(words), lines: box.split("\n") })
        )
        return [{ title: section.split("\n")[0], program, boxes }]
    })
}

/** Whether two lines say the same, but for numbers that are nearly equal. */
function isAlike(line: string, expected: string): boolean {
    const number = /(?<![\w.])\d+(?![\w.])/g
    if (line.replace(number, "#") !== expected.replace(number, "#")) return false
    const actual = (line.match(number) ?? []).map(Number)
    return (expected.match(number) ?? [])
        .map(Number)
        .every((value, i) => Math.abs(actual[i] - value) <= TICK + TOLERANCE * value)
}

/** The lines of a box that did not come, in their order. */
function missing(lines: readonly string[], box: readonly string[]): string[] {
    let at = 0
    return box.filter(expected => {
        const found = lines.findIndex((line, i) => i >= at && isAlike(line, expected))
        if (found >= 0) at = found + 1
        return found < 0
    })
}

/** What is done to the board meanwhile. */
const MEANWHILE: Readonly<Record<string, (bench: BoardBench) => Promise<unknown>>> = {
    async "4. Bus recovery"(bench) {
        await bench.run(seconds(10))
        bench.node.bus.isStuck = true
        await bench.run(seconds(15))
        bench.node.bus.isStuck = false
        await bench.run(seconds(10))
    },
    async "6. TLS"(bench) {
        const { network } = bench.world
        const handlers = { data: () => undefined, closed: () => undefined }
        network.defaultEndpoint = { description: "peer", accept: () => handlers }
        const { link } = bench.node
        let connections = 0
        link.onConnection = () => {
            link.isTlsStalling = ++connections === SILENT_ATTEMPT
        }
        await bench.run(minutes(2))
    },
    async "7. Wi-Fi"(bench) {
        await bench.run(minutes(1))
        bench.board.setAccessPoints(false)
        await bench.run(minutes(1))
        bench.board.setAccessPoints(true)
        await bench.run(minutes(1))
    },
}

function bench(board: BoardName, program: string): BoardBench {
    const climate = new SHT4xModel().feed("temperature", 20).feed("humidity", 50)
    return new BoardBench(board, program, { node: { sensors: [climate, new MB85RCModel()] } })
}

async function follow({ title }: Check, running: BoardBench): Promise<void> {
    await (MEANWHILE[title]?.(running) ?? running.run(seconds(15)))
}

describe("the list for the first person with a board", () => {
    const all = checks()
    const named = (title: string) => {
        const found = all.find(check => check.title === title)
        if (found === undefined) throw new Error(`no check "${title}"`)
        return found
    }

    it("has a program and the output of a board for each check", () => {
        expect(all.map(({ title, boxes }) => [title, boxes.length > 0])).toEqual(
            all.map(({ title }) => [title, true])
        )
        expect(all.length).toBe(8)
        expect(Object.keys(MEANWHILE).filter(title => !all.some(c => c.title === title))).toEqual(
            []
        )
    })

    for (const check of all)
        for (const { board, lines } of check.boxes)
            it(`prints on a simulated board what its box says: ${check.title}, ${board}`, async () => {
                const running = bench(board, check.program)
                await follow(check, running)
                const left = missing(running.lines, lines)
                expect(left, running.lines.join("\n")).toEqual([])
                const isHung = check.title === "4. Bus recovery" && board === "picoW"
                expect(running.node.panics.map(({ message }) => message.split("\n")[0])).toEqual(
                    isHung ? [expect.stringContaining("bus hung")] : []
                )
            })

    it("says what six transfers in a row do to an ESP32 whose bus is stuck", async () => {
        const program = named("4. Bus recovery").program.replace("EACH = 1", "EACH = 6")
        const running = bench("qtPy", program)
        running.node.bus.isStuck = true
        await running.run(seconds(40))
        expect(running.node.boardResets.length).toBeGreaterThan(3)
        expect(running.node.boardResets[0].text).toContain("watchdog")
    })

    it("says what a lost tick looks like: a pause until the first frame from a computer", async () => {
        const running = new BoardBench("picoW", named("2. Tick").program, { strictTick: true })
        const { node } = running
        await running.run(minutes(5))
        const told = running.lines.length
        const packet = { serviceIndex: 0, command: 0x1186, data: new Uint8Array(0) }
        node.receiveFrame(encodeJacdacFrame(node.deviceId, FLAG_COMMAND, [packet]))
        await running.run(seconds(1))
        expect(running.lines.length).toBeGreaterThan(told)
        const pause = /longest pause (\d+) ms/.exec(running.lines[told])?.[1]
        expect(Number(pause)).toBeGreaterThan(200_000)
    })
})
