/** The host's client against what is no node, or none that can be trusted. */
import { fileURLToPath } from "node:url"
import { buildSync } from "esbuild"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type FrameLink } from "../../../sim/jacdac/frame-link.js"
import { FLAG_COMMAND, decodeJacdacFrame, encodeJacdacFrame } from "../../../sim/jacdac/frame.js"
import { SeededRandom } from "../../../sim/time/random.js"
import { EXCHANGE, NODE_SERVICE_INDEX } from "../../../src/core/protocol/node-service.js"
import { BoardError } from "../board-access.js"
import { boardOn } from "./ask.js"
import { NodeService, programDeviceOf } from "./node-service.js"

const BOARD = "0123456789abcdef"

beforeEach(() => {
    vi.useFakeTimers()
})
afterEach(() => {
    vi.useRealTimers()
})

/** A board that gives each request what `answer` says; undefined: nothing. */
class Scripted implements FrameLink {
    requests = 0
    private readonly listeners = new Set<(frame: Uint8Array) => void>()

    constructor(private readonly answer: (request: Uint8Array) => Uint8Array | undefined) {}

    sendFrame(bytes: Uint8Array): void {
        const frame = decodeJacdacFrame(bytes)
        expect(frame?.deviceId).toBe(programDeviceOf(BOARD))
        expect((frame?.flags ?? 0) & FLAG_COMMAND).toBe(FLAG_COMMAND)
        this.requests++
        const data = this.answer(frame?.packets[0].data ?? new Uint8Array(0))
        if (data === undefined) return
        const packet = { serviceIndex: NODE_SERVICE_INDEX, command: EXCHANGE, data }
        this.hear(encodeJacdacFrame(programDeviceOf(BOARD), 0, [packet]))
    }

    hear(frame: Uint8Array): void {
        for (const listener of [...this.listeners]) listener(frame)
    }

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
    }
}

/** A reply to a request: its head, then data. */
function reply(request: Uint8Array, status: number, parts: number, data: string | Uint8Array) {
    const head = [request[0], request[1], status, request[3], parts]
    return Uint8Array.from([...head, ...Buffer.from(data)])
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
    const settled = work.then(
        () => "done",
        (e: unknown) => e
    )
    await vi.advanceTimersByTimeAsync(60_000)
    return settled
}

describe("a host's client", () => {
    it("asks again while no answer comes, and says in the end what to do", async () => {
        const link = new Scripted(() => undefined)
        const error = await outcome(new NodeService(link, BOARD).identity())
        expect(error).toBeInstanceOf(BoardError)
        expect((error as Error).message).toContain("does not answer over USB")
        expect(link.requests).toBeGreaterThan(10)
        expect(link.requests).toBeLessThan(20)
    })

    it("ends when it is told to", async () => {
        const stop = new AbortController()
        const link = new Scripted(() => undefined)
        const ended = outcome(new NodeService(link, BOARD, stop.signal).identity())
        stop.abort(new Error("Ctrl-C"))
        expect(await ended).toEqual(new Error("Ctrl-C"))
        expect(await outcome(boardOn(link, stop.signal))).toEqual(new Error("Ctrl-C"))
    })

    it("takes no answer to another question for its own", async () => {
        const link: Scripted = new Scripted(request =>
            link.requests === 1
                ? reply(Uint8Array.of(request[0], request[1] ^ 1, 0, 0), 0, 1, "{}")
                : reply(request, 0, 1, "right")
        )
        const item = new NodeService(link, BOARD).item(0x01, 0)
        await vi.advanceTimersByTimeAsync(1000)
        expect(Buffer.from(await item).toString()).toBe("right")
    })

    it("begins an item anew whose parts do not fit together", async () => {
        let begun = 0
        const link = new Scripted(request => {
            if (request[3] === 0) begun++
            if (request[3] === 1 && begun === 1) return reply(request, 3, 0, "")
            return reply(request, 0, 2, request[3] === 0 ? "a".repeat(230) : "b")
        })
        const item = new NodeService(link, BOARD).item(0x01, 0)
        await vi.advanceTimersByTimeAsync(1000)
        expect(Buffer.from(await item).toString()).toBe(`${"a".repeat(230)}b`)
        expect(begun).toBe(2)
    })

    it.each([
        ["no JSON", 1, "{"],
        ["a list", 1, "[]"],
        ["another record", 1, '{"v":1}'],
        ["a text that steers terminals", 1, '{"device":"\u001b[2J"}'],
        ["more parts than there can be", 200, "a".repeat(230)],
        ["no parts", 0, "a"],
        ["no data", 1, ""],
    ])("takes %s for an error of the board", async (_what, parts, data) => {
        const link = new Scripted(request => reply(request, 0, parts, data))
        expect(await outcome(new NodeService(link, BOARD).identity())).toBeInstanceOf(BoardError)
    })

    it("never fails in another way, whatever bytes come", async () => {
        const random = new SeededRandom(5)
        const link = new Scripted(request => {
            const bytes = new Uint8Array(random.uint32() % 237)
            random.fill(bytes)
            bytes.set(request.subarray(0, Math.min(random.uint32() % 5, bytes.length)))
            if (random.uint32() % 4 > 0 && bytes.length > 5) bytes[2] = 0
            return bytes
        })
        for (let i = 0; i < 50; i++) {
            const service = new NodeService(link, BOARD)
            const questions = [
                () => service.identity(),
                () => service.readings(),
                () => service.sensors(),
            ]
            for (const question of questions)
                expect(await outcome(question())).toBeInstanceOf(BoardError)
        }
    })

    it("runs in a browser: nothing of Node comes with it", () => {
        const { outputFiles } = buildSync({
            stdin: {
                contents: 'export * from "./node-service.js"; export * from "./usb-link.js"',
                resolveDir: fileURLToPath(new URL(".", import.meta.url)),
            },
            bundle: true,
            platform: "browser",
            format: "iife",
            write: false,
        })
        const [{ text }] = outputFiles
        expect(text).toContain("does not answer over USB")
        expect(text).not.toMatch(/\bBuffer\b|\bprocess\.|\brequire\(/)
    })
})
