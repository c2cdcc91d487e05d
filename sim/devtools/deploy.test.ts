import { createHash } from "node:crypto"
import { afterEach, describe, expect, it, vi } from "vitest"
import {
    FLAG_ACK_REQUESTED,
    FLAG_COMMAND,
    crc16,
    decodeJacdacFrame,
    encodeJacdacFrame,
    type JacdacPacket,
} from "../jacdac/frame.js"
import { DeviceClient } from "./device-client.js"
import { type FrameLink } from "../jacdac/frame-link.js"
import { deployProgram, writeSettings } from "./deploy.js"

const ID = "0123456789abcdef"
const OTHER = "fedcba9876543210"
const MANAGER = { index: 1, class: 0x1134ea2b }
const SETTINGS = { index: 2, class: 0x1107dc4a }
const PORT = 0x155

/** A board with a manager and settings, as far as a client can tell. */
class FakeBoard implements FrameLink {
    readonly commands: JacdacPacket[] = []
    readonly frames: Uint8Array[] = []
    image = Buffer.alloc(0)
    /** Acknowledgements to swallow. */
    lostAcks = 0
    isRefusing = false
    isForgetful = false
    isSilent = false

    private readonly listeners = new Set<(frame: Uint8Array) => void>()

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        queueMicrotask(() => this.announce())
        return () => this.listeners.delete(listener)
    }

    get subscriptions(): number {
        return this.listeners.size
    }

    sendFrame(bytes: Uint8Array): void {
        this.frames.push(bytes)
        const frame = decodeJacdacFrame(bytes)
        if (frame === undefined || this.isSilent) return
        expect(frame.deviceId).toBe(ID)
        expect(frame.flags & FLAG_COMMAND).toBe(FLAG_COMMAND)
        for (const packet of frame.packets) this.handle(packet)
        if ((frame.flags & FLAG_ACK_REQUESTED) === 0) return
        if (this.lostAcks > 0) this.lostAcks--
        else this.report(0x3f, crc16(bytes.subarray(2)), new Uint8Array(0))
    }

    announce(from = ID): void {
        const data = Buffer.alloc(12)
        data.writeUInt32LE(MANAGER.class, 4)
        data.writeUInt32LE(SETTINGS.class, 8)
        this.report(0, 0, data, from)
    }

    private handle(packet: JacdacPacket): void {
        this.commands.push(packet)
        if (packet.serviceIndex === 0x3e) {
            const isClose = (packet.command & 0x20) !== 0
            if (!isClose && !this.isForgetful) this.image = Buffer.concat([this.image, packet.data])
        }
        if (packet.serviceIndex !== MANAGER.index) return
        if (packet.command === 0x80 && !this.isRefusing)
            this.report(MANAGER.index, 0x80, Uint8Array.of(PORT & 0xff, PORT >> 8))
        if (packet.command === 0x1182)
            this.report(MANAGER.index, 0x1182, createHash("sha256").update(this.image).digest())
    }

    private report(serviceIndex: number, command: number, data: Uint8Array, from = ID): void {
        const bytes = encodeJacdacFrame(from, 0, [{ serviceIndex, command, data }])
        queueMicrotask(() => {
            for (const listener of [...this.listeners]) listener(bytes)
        })
    }
}

async function board(): Promise<{ board: FakeBoard; client: DeviceClient }> {
    const board = new FakeBoard()
    const client = new DeviceClient(board, ID)
    await client.waitForDevice(1000)
    return { board, client }
}

function program(length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff)
}

afterEach(() => {
    vi.useRealTimers()
})

describe("a program sent to a board", () => {
    it("arrives whole, in blocks of 32 B, with consecutive pipe counters", async () => {
        const { board: fake, client } = await board()
        const bytecode = program(224 * 40 + 5)
        await deployProgram(client, bytecode)
        expect(fake.image.length).toBe(224 * 40 + 32)
        expect(fake.image.subarray(0, bytecode.length).equals(bytecode)).toBe(true)
        const pipe = fake.commands.filter(p => p.serviceIndex === 0x3e)
        expect(pipe.map(p => p.command & 0x1f)).toEqual(pipe.map((_, i) => i & 0x1f))
        expect(new Set(pipe.map(p => p.command >> 7))).toEqual(new Set([PORT]))
        expect(pipe.map(p => (p.command & 0x20) !== 0).lastIndexOf(false)).toBe(pipe.length - 2)
        expect(fake.subscriptions).toBe(0)
    })

    it("is refused with a reason when the board does not open a pipe", async () => {
        vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
        const { board: fake, client } = await board()
        fake.isRefusing = true
        const refused = expect(deployProgram(client, program(64))).rejects.toThrow(
            /refused a program of 64 B/
        )
        await vi.advanceTimersByTimeAsync(10_000)
        await refused
    })

    it("is compared with what the board holds afterwards", async () => {
        const { board: fake, client } = await board()
        fake.isForgetful = true
        await expect(deployProgram(client, program(64))).rejects.toThrow(/holds another program/)
    })
})

describe("commands to a board", () => {
    it("are sent again, unchanged, until they are acknowledged", async () => {
        vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })
        const { board: fake, client } = await board()
        fake.lostAcks = 2
        const done = client.command(SETTINGS.index, 0x81, Uint8Array.of(97, 0, 49))
        await vi.advanceTimersByTimeAsync(500)
        await done
        expect(fake.frames.length).toBe(3)
        expect(fake.frames[2]).toEqual(fake.frames[0])
        await vi.advanceTimersByTimeAsync(5000)
        expect(fake.frames.length).toBe(3)
    })

    it("fail with the board's id when nothing answers", async () => {
        vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] })
        const { board: fake, client } = await board()
        fake.isSilent = true
        const failed = expect(
            client.command(SETTINGS.index, 0x81, new Uint8Array(0))
        ).rejects.toThrow(`device ${ID} did not acknowledge command 0x81`)
        await vi.advanceTimersByTimeAsync(10_000)
        await failed
        expect(fake.subscriptions).toBe(0)
    })

    it("end with the signal's reason when that is aborted", async () => {
        const fake = new FakeBoard()
        const stop = new AbortController()
        const client = new DeviceClient(fake, ID, stop.signal)
        fake.isSilent = true
        const failed = client.command(SETTINGS.index, 0x81, new Uint8Array(0))
        stop.abort(new Error("stopped by hand"))
        await expect(failed).rejects.toThrow("stopped by hand")
    })

    it("are not mixed up between two boards", async () => {
        vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
        const fake = new FakeBoard()
        const client = new DeviceClient(fake, "00000000000000ff")
        const missing = expect(client.waitForDevice(1000)).rejects.toThrow(
            "device 00000000000000ff did not announce itself within 1 s"
        )
        fake.announce(OTHER)
        await vi.advanceTimersByTimeAsync(1000)
        await missing
    })

    it("need a service that the board has", async () => {
        const { client } = await board()
        expect(client.serviceIndex(SETTINGS.class)).toBe(2)
        expect(() => client.serviceIndex(0x12345678)).toThrow(/no service 0x12345678/)
        expect(() => client.serviceIndex(0)).toThrow(/no service/)
    })
})

describe("settings sent to a board", () => {
    it("are stored as readSetting expects: key, zero, JSON", async () => {
        const { board: fake, client } = await board()
        await writeSettings(client, { site: "aarhus", "mqtt.port": 1883 })
        expect(fake.commands.map(p => Buffer.from(p.data).toString())).toEqual([
            'site\0"aarhus"',
            "mqtt.port\x001883",
        ])
        expect(fake.commands.every(p => p.serviceIndex === 2 && p.command === 0x81)).toBe(true)
    })

    it("are refused, all of them, when one does not fit", async () => {
        const { board: fake, client } = await board()
        const longest = "x".repeat(232 - "key\0".length - 2)
        for (const [key, value, message] of [
            ["", "x", /1 to 13 B/],
            ["fourteen-bytes", "x", /1 to 13 B/],
            ["æøåæøåæ", "x", /1 to 13 B/],
            ["a\0b", "x", /1 to 13 B/],
            ["key", longest + "x", /takes 233 B/],
        ] as const)
            await expect(writeSettings(client, { site: "a", [key]: value })).rejects.toThrow(
                message
            )
        expect(fake.commands).toEqual([])
        await writeSettings(client, { key: longest })
        expect(fake.commands[0]?.data.length).toBe(232)
    })
})
