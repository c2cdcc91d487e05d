import { once } from "node:events"
import { createServer, type AddressInfo, type Server, type Socket } from "node:net"
import { afterEach, describe, expect, it, vi } from "vitest"
import { SRV_I2C } from "../bus/i2c-service.js"
import {
    FLAG_COMMAND,
    decodeJacdacFrame,
    encodeJacdacFrame,
    type JacdacFrame,
} from "../jacdac/frame.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { attachToDevtools, type SensorAttachment } from "./attach.js"
import { LengthPrefixReader, withLengthPrefix } from "./length-prefix.js"

const HOST_ID = "00112233445566aa"
const TRANSACTION = 0x80

/** What devtools' TCP port does, as far as a client of it can see. */
class FakeDevtools {
    readonly frames: JacdacFrame[] = []
    sockets: Socket[] = []
    ended = 0
    private readonly waiting: (() => void)[] = []

    private constructor(
        readonly server: Server,
        readonly port: number
    ) {}

    static async start(greeting = announce()): Promise<FakeDevtools> {
        const server = createServer()
        server.listen(0, "127.0.0.1")
        await once(server, "listening")
        const fake = new FakeDevtools(server, (server.address() as AddressInfo).port)
        server.on("connection", socket => {
            const reader = new LengthPrefixReader()
            fake.sockets.push(socket)
            socket.write(greeting)
            socket.on("end", () => fake.ended++)
            socket.on("error", () => undefined)
            socket.on("data", piece => {
                for (const bytes of reader.push(piece))
                    fake.frames.push(decodeJacdacFrame(bytes) as JacdacFrame)
                for (const wake of fake.waiting.splice(0)) wake()
            })
        })
        return fake
    }

    send(frame: Uint8Array): void {
        this.sockets.at(-1)?.write(withLengthPrefix(frame))
    }

    async until(isDone: () => boolean): Promise<void> {
        while (!isDone()) await new Promise<void>(resolve => this.waiting.push(resolve))
    }

    async stop(): Promise<void> {
        for (const socket of this.sockets) socket.destroy()
        this.server.close()
        await once(this.server, "close")
    }
}

function announce(): Uint8Array {
    return withLengthPrefix(
        encodeJacdacFrame(HOST_ID, 0, [{ serviceIndex: 0, command: 0, data: new Uint8Array(4) }])
    )
}

function transaction(to: string, ...data: number[]): Uint8Array {
    return encodeJacdacFrame(to, FLAG_COMMAND, [
        { serviceIndex: 1, command: TRANSACTION, data: Uint8Array.from(data) },
    ])
}

const cleanUp: (() => Promise<void>)[] = []

async function fakeDevtools(greeting?: Uint8Array): Promise<FakeDevtools> {
    const fake = await FakeDevtools.start(greeting)
    cleanUp.unshift(() => fake.stop())
    return fake
}

async function attached(
    fake: FakeDevtools,
    options: Partial<Parameters<typeof attachToDevtools>[0]> = {}
): Promise<SensorAttachment> {
    const attachment = await attachToDevtools({
        models: [new SHT4xModel()],
        port: fake.port,
        reconnectMs: 1,
        ...options,
    })
    cleanUp.unshift(() => attachment.close())
    return attachment
}

afterEach(async () => {
    vi.useRealTimers()
    for (const clean of cleanUp.splice(0)) await clean()
})

describe("sensors attached to devtools", () => {
    it("say that devtools is not running and how to start it when nothing listens", async () => {
        const fake = await FakeDevtools.start()
        await fake.stop()
        await expect(attachToDevtools({ models: [], port: fake.port })).rejects.toThrow(
            `devtools is not running on 127.0.0.1:${fake.port}: start it with "npx devs devtools"`
        )
    })

    it("say that the port belongs to another program when it answers in another language", async () => {
        const fake = await fakeDevtools(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"))
        fake.server.on("connection", socket => socket.end())
        await expect(attachToDevtools({ models: [], port: fake.port })).rejects.toThrow(
            /taken by another program/
        )
    })

    it("refuse two sensors at one address", async () => {
        await expect(
            attachToDevtools({ models: [new SHT4xModel(), new SHT4xModel()], port: 1 })
        ).rejects.toThrow(/both have the I2C address 0x44/)
    })

    it("announce the I2C service at once and every 500 ms", async () => {
        vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })
        const fake = await fakeDevtools()
        const attachment = await attached(fake)
        await fake.until(() => fake.frames.length === 1)
        vi.advanceTimersByTime(5000)
        // The answer comes behind all that was sent before it.
        fake.send(transaction(attachment.deviceId, 0x44, 0))
        await fake.until(() => fake.frames.at(-1)?.packets[0]?.command === TRANSACTION)
        const announcements = fake.frames.slice(0, -1)
        expect(announcements.length).toBe(11)
        for (const frame of announcements) {
            expect(frame.deviceId).toBe(attachment.deviceId)
            const data = Buffer.from(frame.packets[0]?.data)
            expect(data.readUInt32LE(4)).toBe(SRV_I2C)
        }
    })

    it("answer transactions with the part's bytes and the real time", async () => {
        const fake = await fakeDevtools()
        const times: number[] = []
        const before = Date.now()
        const { deviceId } = await attached(fake, {
            onTransfer: transfer => times.push(transfer.unixMs),
        })
        const reports = () => fake.frames.filter(f => f.packets[0]?.command === TRANSACTION)
        fake.send(transaction(deviceId, 0x44, 0, 0x89))
        await fake.until(() => reports().length === 1)
        fake.send(transaction(deviceId, 0x44, 6))
        await fake.until(() => reports().length === 2)
        fake.send(transaction(deviceId, 0x45, 6))
        await fake.until(() => reports().length === 3)
        const data = reports().map(f => Buffer.from(f.packets[0]?.data).toString("hex"))
        // Serial number 0x0ea51234 with a checksum behind each word; then an absent part.
        expect(data).toEqual(["00", "000ea5e5123437", "01"])
        for (const time of times) {
            expect(time).toBeGreaterThanOrEqual(before)
            expect(time).toBeLessThanOrEqual(Date.now())
        }
    })

    it("come back after devtools was restarted", async () => {
        const fake = await fakeDevtools()
        const events: boolean[] = []
        const { deviceId } = await attached(fake, { onConnection: is => events.push(is) })
        await fake.until(() => fake.frames.length === 1)
        fake.sockets[0]?.end()
        await fake.until(() => fake.frames.length === 2)
        expect(fake.sockets.length).toBe(2)
        fake.send(transaction(deviceId, 0x44, 0))
        await fake.until(() => fake.frames.length === 3)
        expect(events).toEqual([false, true])
    })

    it("survive noise and commands for others", async () => {
        const fake = await fakeDevtools()
        const { deviceId } = await attached(fake)
        fake.sockets[0]?.write(Buffer.from([3, 1, 2, 3, 0, 0]))
        fake.send(transaction(HOST_ID, 0x44, 0))
        fake.send(transaction(deviceId))
        fake.send(transaction(deviceId, 0x44, 0))
        await fake.until(() => fake.frames.length === 2)
        expect(fake.frames[1]?.packets[0]?.data).toEqual(Uint8Array.of(0))
    })

    it("end with the error of a model that fails", async () => {
        const fake = await fakeDevtools()
        const model = new SHT4xModel().feed("temperature", () => {
            throw new Error("the trace has ended")
        })
        const attachment = await attached(fake, { models: [model] })
        fake.send(transaction(attachment.deviceId, 0x44, 0, 0xfd))
        await expect(attachment.closed).rejects.toThrow("the trace has ended")
    })

    it("leave in an orderly way on close, and on the signal", async () => {
        const fake = await fakeDevtools()
        const attachment = await attached(fake)
        await attachment.close()
        await attachment.close()
        expect(fake.ended).toBe(1)
        const stop = new AbortController()
        const other = await attached(fake, { signal: stop.signal })
        stop.abort()
        await other.closed
        expect(fake.ended).toBe(2)
        expect(fake.sockets.length).toBe(2)
    })

    it("do not start when the signal was aborted before", async () => {
        const fake = await fakeDevtools()
        const signal = AbortSignal.abort(new Error("stopped by hand"))
        await expect(attached(fake, { signal })).rejects.toThrow("stopped by hand")
    })
})
