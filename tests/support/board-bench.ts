/** A small program on a simulated board, and what became of it. */
import { type BoardOptions } from "../../sim/board/board.js"
import { theBoard } from "../../sim/board/profile.js"
import { compile } from "../../sim/program/compile.js"
import { type NodeOptions, type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"

/** One of each kind; the ids are those of `--board`. */
export const BOARDS = {
    c3: "suitcase_xiao_c3",
    seeedC3: "seeed_xiao_esp32c3",
    qtPy: "adafruit_qt_py_c3",
    classic: "esp32_devkit_c",
    s2: "feather_s2",
    s3: "esp32s3_devkit_m",
    picoW: "suitcase_pico_w",
    pico: "pico",
} as const
export type BoardName = keyof typeof BOARDS

export interface BenchOptions extends Partial<Omit<BoardOptions, "profile">> {
    readonly node?: Partial<NodeOptions>
    readonly seed?: number
    readonly runsEveryWake?: boolean
}

export class BoardBench {
    readonly world: World
    readonly node: SimNode

    /** @param source DeviceScript source of the program's main file, as in devs/ */
    constructor(board: BoardName, source: string, options: BenchOptions = {}) {
        const { node, seed, runsEveryWake, ...boardOptions } = options
        this.world = new World({
            seed: seed ?? 1,
            allowPanics: true,
            runsEveryWake: runsEveryWake ?? false,
        })
        this.node = this.world.addNode({
            program: compile("devs/board-test.ts", { source }),
            board: { profile: theBoard(BOARDS[board]), ...boardOptions },
            ...node,
        })
    }

    get board(): NonNullable<SimNode["board"]> {
        if (this.node.board === undefined) throw new Error("the node is no board")
        return this.node.board
    }

    /** Lines that the program printed. */
    get lines(): string[] {
        return this.node.console.map(({ text }) => text)
    }

    /** Numbers behind the given word in the lines that it printed. */
    numbers(word: string): number[] {
        const found = this.lines.map(line => new RegExp(`^${word} (-?[\\d.]+)`).exec(line)?.[1])
        return found.filter(text => text !== undefined).map(Number)
    }

    async run(ms: number): Promise<this> {
        await this.world.run(ms)
        return this
    }
}
