/**
 * Puts simulated sensors on the Jacdac bus of a running `devs devtools`, in
 * real time. Whatever that server carries then reads them: the simulator
 * started from VS Code or by `devs run`, with its dashboard and debugger.
 *
 * It joins over TCP (8082), not over the WebSocket (8081): that is the way the
 * stock simulator itself joins, needs nothing but Node, and leaves the
 * WebSocket's side protocol alone, where devtools sends its output to whichever
 * client spoke last.
 */
import { randomBytes } from "node:crypto"
import { connect, type Socket } from "node:net"
import { I2cBus, type BusTransfer } from "../bus/i2c-bus.js"
import { I2cService } from "../bus/i2c-service.js"
import { ANNOUNCE_INTERVAL_MS, JacdacDevice, type JacdacService } from "../jacdac/device.js"
import { decodeJacdacFrame } from "../jacdac/frame.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { LengthPrefixReader, withLengthPrefix } from "./length-prefix.js"
import { DevtoolsError, within } from "./within.js"

const DEFAULT_HOST = "127.0.0.1"
const DEFAULT_PORT = 8082
const DEFAULT_RECONNECT_MS = 1000
/** devtools announces itself every 500 ms, so silence means that it is something else. */
const FIRST_FRAME_MS = 10_000
/** Longest time for the other side to end its half of the connection. */
const CLOSE_MS = 500

export interface AttachOptions {
    /** The sensors on the bus. */
    readonly models: readonly RegisterModel[]
    /** Default 127.0.0.1. */
    readonly host?: string
    /** TCP port of devtools; default 8082. */
    readonly port?: number
    /** I2C clock, kHz; default 100. */
    readonly kHz?: number
    /** Further services of the same Jacdac device. */
    readonly services?: readonly JacdacService[]
    /** Id of that device, 16 hex digits; default random. */
    readonly deviceId?: string
    /** Time between attempts after the connection was lost, ms; default 1000. */
    readonly reconnectMs?: number
    /** Called for each I2C transaction. */
    readonly onTransfer?: (transfer: BusTransfer) => void
    /** Called when the connection is lost and when it is back. */
    readonly onConnection?: (isConnected: boolean) => void
    /** Closes the attachment. */
    readonly signal?: AbortSignal
}

/**
 * Attaches sensors to the devtools server at `host`:`port`. Once attached, a
 * lost connection is opened again until {@link SensorAttachment.close}.
 *
 * @throws DevtoolsError when no devtools is there; RangeError for two models at one address
 */
export async function attachToDevtools(options: AttachOptions): Promise<SensorAttachment> {
    const attachment = new SensorAttachment(options)
    try {
        await attachment.open()
    } catch (e) {
        await attachment.close()
        throw e
    }
    return attachment
}

/** Sensors attached to a devtools server. */
export class SensorAttachment {
    /** The simulated bus; its `onTransfer` may be replaced at any time. */
    readonly bus: I2cBus
    /** Jacdac id of the device that carries the sensors. */
    readonly deviceId: string
    /** Settles once all is closed; rejects when a model failed. */
    readonly closed: Promise<void>

    private readonly device: JacdacDevice
    private readonly host: string
    private readonly port: number
    private socket: Socket | undefined
    private retry: NodeJS.Timeout | undefined
    private isClosing = false
    private settle: (error?: Error) => void = () => undefined

    /** Use {@link attachToDevtools}. */
    constructor(private readonly options: AttachOptions) {
        this.host = options.host ?? DEFAULT_HOST
        this.port = options.port ?? DEFAULT_PORT
        this.bus = new I2cBus(options.models, options.kHz)
        this.bus.onTransfer = options.onTransfer
        this.deviceId = options.deviceId ?? randomBytes(8).toString("hex")
        const i2c = new I2cService(this.bus, Date.now, (us, action) =>
            setTimeout(action, Math.ceil(us / 1000))
        )
        this.device = new JacdacDevice(this.deviceId, [i2c, ...(options.services ?? [])], frame =>
            this.socket?.write(withLengthPrefix(frame))
        )
        this.closed = new Promise((resolve, reject) => {
            this.settle = error => (error === undefined ? resolve() : reject(error))
        })
        // A caller that does not watch this promise must not be ended by it.
        this.closed.catch(() => undefined)
    }

    /** Connects for the first time; {@link attachToDevtools} does this. */
    async open(): Promise<void> {
        const place = `${this.host}:${this.port}`
        const { signal } = this.options
        try {
            await within(
                this.connect(),
                FIRST_FRAME_MS,
                `what listens on ${place} sends no Jacdac frames: is the port taken by another program than devtools?`,
                signal
            )
        } catch (e) {
            const { code } = e as NodeJS.ErrnoException
            if (code === undefined) throw e
            const what = code === "ECONNREFUSED" ? "" : ` (${code})`
            throw new DevtoolsError(
                `devtools is not running on ${place}${what}: start it with "npx devs devtools"`,
                { cause: e }
            )
        }
        signal?.addEventListener("abort", () => void this.close(), { once: true })
    }

    /** Takes the sensors off the bus. Safe to call more than once. */
    async close(): Promise<void> {
        this.stop()
        await this.closed.catch(() => undefined)
    }

    /** Resolves with the first frame, rejects when the connection fails or ends before it. */
    private connect(): Promise<void> {
        return new Promise((resolve, reject) => {
            const socket = connect(this.port, this.host)
            const reader = new LengthPrefixReader()
            let announcing: NodeJS.Timeout | undefined
            let isJacdac = false
            let failure: Error = new DevtoolsError(
                `${this.host}:${this.port} closed the connection: is the port taken by another program than devtools?`
            )
            this.socket = socket
            socket.setNoDelay(true)
            socket.once("connect", () => {
                this.device.announce()
                announcing = setInterval(() => this.device.announce(), ANNOUNCE_INTERVAL_MS)
            })
            socket.on("data", piece => {
                for (const bytes of reader.push(piece)) {
                    if (!isJacdac && decodeJacdacFrame(bytes) !== undefined) {
                        isJacdac = true
                        resolve()
                    }
                    this.receive(bytes)
                }
            })
            socket.on("error", e => (failure = e))
            socket.on("close", () => {
                clearInterval(announcing)
                this.socket = undefined
                reject(failure)
                if (this.isClosing) this.settle()
                else if (isJacdac) this.lost()
            })
        })
    }

    private receive(bytes: Uint8Array): void {
        try {
            this.device.receive(bytes)
        } catch (e) {
            this.stop(e as Error)
        }
    }

    private lost(): void {
        this.options.onConnection?.(false)
        this.reconnect()
    }

    private reconnect(): void {
        this.retry = setTimeout(() => {
            this.connect().then(
                () => this.options.onConnection?.(true),
                () => {
                    if (!this.isClosing) this.reconnect()
                }
            )
        }, this.options.reconnectMs ?? DEFAULT_RECONNECT_MS)
    }

    private stop(error?: Error): void {
        if (error !== undefined) this.settle(error)
        if (this.isClosing) return
        this.isClosing = true
        clearTimeout(this.retry)
        const { socket } = this
        if (socket === undefined) this.settle()
        else if (socket.connecting) socket.destroy()
        else {
            // An orderly end: devtools keeps a client that was cut off in its list.
            socket.end()
            const limit = setTimeout(() => socket.destroy(), CLOSE_MS)
            socket.once("close", () => clearTimeout(limit))
        }
    }
}
