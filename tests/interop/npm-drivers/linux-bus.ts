/**
 * An I2C bus of register models with the interface of the npm package i2c-bus, as far as
 * the drivers under test use it. Anything else throws. The clock is `Date.now()`, which
 * a test replaces by a virtual one.
 */
import { createRequire } from "node:module"
import { vi } from "vitest"
import { type RegisterModel, TRANSFER_OK } from "../../../src/drivers/shared/register-model.js"

/** CommonJS, so that the packages and the tests get the same instance. */
export const load = createRequire(import.meta.url)

interface StandIn {
    attach(number: number, bus: LinuxBus): void
}

/** Linux refuses longer SMBus blocks. */
const LONGEST_BLOCK = 32

interface Block {
    readonly bytes: number
    readonly buffer: Buffer
}

type Operation = (...args: never[]) => unknown

export class LinuxBus {
    /** What `openSync` gives: calls with a callback, and calls that end in Sync. */
    readonly callbackBus: object
    /** What `openPromisified` gives. */
    readonly promisedBus: object

    private queue = Promise.resolve()

    /** @param transferMs time that one transfer takes, until the caller goes on */
    constructor(
        private readonly models: readonly RegisterModel[],
        private readonly transferMs = 1
    ) {
        const operations = this.operations()
        const callbackFace: Record<string, unknown> = { closeSync: () => undefined }
        const promisedFace: Record<string, unknown> = { close: () => Promise.resolve() }
        for (const [name, operation] of Object.entries(operations)) {
            callbackFace[`${name}Sync`] = (...args: never[]) => {
                const result = operation(...args)
                // A blocking call: everybody else waits.
                vi.setSystemTime(Date.now() + this.transferMs)
                return isBlock(result) ? result.bytes : result
            }
            callbackFace[name] = (...args: unknown[]) => {
                const callback = args.pop() as (error: unknown, ...results: unknown[]) => void
                this.enqueue(() => operation(...(args as never[]))).then(
                    result =>
                        isBlock(result)
                            ? callback(null, result.bytes, result.buffer)
                            : callback(null, result),
                    callback
                )
            }
            promisedFace[name] = async (...args: never[]) => {
                const result = await this.enqueue(() => operation(...args))
                return isBlock(result) ? { bytesRead: result.bytes, buffer: result.buffer } : result
            }
        }
        this.callbackBus = strict("Bus", callbackFace)
        this.promisedBus = strict("PromisifiedBus", promisedFace)
    }

    /** From now on, drivers that open the bus of this number get this one. */
    attach(number = 1): this {
        ;(load("i2c-bus") as StandIn).attach(number, this)
        return this
    }

    private operations(): Record<string, Operation> {
        const write = (address: number, bytes: Iterable<number>) =>
            this.transfer(address, Uint8Array.from(bytes), 0)
        const readInto = (address: number, sent: number[], length: number, buffer: Buffer) => {
            buffer.set(this.transfer(address, Uint8Array.from(sent), length))
            return { bytes: length, buffer }
        }
        return {
            i2cRead: (address: number, length: number, buffer: Buffer) =>
                readInto(address, [], length, buffer),
            i2cWrite: (address: number, length: number, buffer: Buffer) => {
                write(address, buffer.subarray(0, length))
                return { bytes: length, buffer }
            },
            readByte: (address: number, command: number) =>
                this.transfer(address, Uint8Array.of(command), 1)[0],
            readWord: (address: number, command: number) => {
                // SMBus: the low byte comes first.
                const [low, high] = this.transfer(address, Uint8Array.of(command), 2)
                return low | (high << 8)
            },
            writeByte: (address: number, command: number, byte: number) => {
                write(address, [command, byte])
            },
            readI2cBlock: (address: number, command: number, length: number, buffer: Buffer) => {
                checkBlock(length)
                return readInto(address, [command], length, buffer)
            },
            writeI2cBlock: (address: number, command: number, length: number, buffer: Buffer) => {
                checkBlock(length)
                write(address, [command, ...buffer.subarray(0, length)])
                return { bytes: length, buffer }
            },
        }
    }

    /** One after the other, however many are asked for at once. */
    private enqueue(operation: () => unknown): Promise<unknown> {
        const result = this.queue.then(async () => {
            try {
                return operation()
            } finally {
                await new Promise(resolve => setTimeout(resolve, this.transferMs))
            }
        })
        this.queue = result.then(
            () => undefined,
            () => undefined
        )
        return result
    }

    private transfer(address: number, write: Uint8Array, readLength: number): Uint8Array {
        const model = this.models.find(m => m.address === address)
        const result = model?.transfer(write, readLength, Date.now())
        if (result?.status === TRANSFER_OK) return result.data
        throw Object.assign(new Error("EREMOTEIO, Remote I/O error"), { code: "EREMOTEIO" })
    }
}

function isBlock(result: unknown): result is Block {
    return typeof result === "object" && result !== null
}

function checkBlock(length: number): void {
    if (length > LONGEST_BLOCK) throw new RangeError(`a block of ${length} B; Linux takes 32 B`)
}

/** What the stand-in does not have is an error, not undefined. */
function strict(what: string, face: Record<string, unknown>): object {
    return new Proxy(face, {
        get(target, key) {
            // A promise that resolves to an object asks whether that is a promise as well.
            if (typeof key === "symbol" || key === "then") return undefined
            if (key in target) return target[key]
            throw new Error(`the stand-in of i2c-bus has no ${what}.${key}`)
        },
    })
}
