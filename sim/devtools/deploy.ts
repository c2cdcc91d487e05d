/**
 * Puts a program and its settings on a DeviceScript device over Jacdac, as the
 * stock tools do (services DeviceScript Manager and Settings), so that bytecode
 * compiled here runs without a build by the stock tool, which writes into the
 * project folder.
 */
import { createHash } from "node:crypto"
import { type DeviceClient } from "./device-client.js"
import { DevtoolsError } from "./within.js"

export const SRV_MANAGER = 0x1134ea2b
export const SRV_SETTINGS = 0x1107dc4a

const MANAGER_DEPLOY = 0x80
export const MANAGER_GET_SHA256 = 0x1182
export const SETTINGS_SET = 0x81

const PIPE_SERVICE = 0x3e
const PIPE_PORT_SHIFT = 7
const PIPE_CLOSE = 0x20
const PIPE_COUNTER_MASK = 0x1f

/** The manager takes whole blocks of 32 B. */
const BLOCK_BYTES = 32
const CHUNK_BYTES = 7 * BLOCK_BYTES
/** Longest key that programs can use (device-side API). */
const MAX_KEY_BYTES = 13
/** Key, a zero and value in one flash record; longer ones break on reading. */
const MAX_RECORD_BYTES = 232

/** Settings of a node: what `readSetting` gives, by key. */
export type Settings = Readonly<Record<string, string | number | boolean>>

/**
 * Stores settings where `readSetting` finds them.
 *
 * @throws RangeError for a key or value that the device cannot store
 */
export async function writeSettings(device: DeviceClient, settings: Settings): Promise<void> {
    const records = Object.entries(settings).map(([key, value]) => settingRecord(key, value))
    for (const record of records)
        await device.command(device.serviceIndex(SRV_SETTINGS), SETTINGS_SET, record)
}

/**
 * What the settings service takes: key, zero, JSON.
 *
 * @throws RangeError when the device could not store it, or not read it back
 */
export function settingRecord(key: string, value: string | number | boolean | null): Uint8Array {
    const bytes = Buffer.byteLength(key)
    if (bytes === 0 || bytes > MAX_KEY_BYTES || key.includes("\0"))
        throw new RangeError(`a setting's key has 1 to ${MAX_KEY_BYTES} B, got "${key}"`)
    const record = Buffer.from(`${key}\0${JSON.stringify(value)}`)
    if (record.length > MAX_RECORD_BYTES)
        throw new RangeError(
            `setting "${key}" takes ${record.length} B with its key; at most ${MAX_RECORD_BYTES} B fit`
        )
    return record
}

/** The bytecode as a device stores it: whole blocks. */
export function programImage(bytecode: Uint8Array): Uint8Array {
    const blocks = Math.ceil(bytecode.length / BLOCK_BYTES)
    const image = new Uint8Array(blocks * BLOCK_BYTES)
    image.set(bytecode)
    return image
}

/**
 * Replaces the program of a device; it starts at once.
 *
 * @throws DevtoolsError when the device refuses the program or holds another one afterwards
 */
export async function deployProgram(device: DeviceClient, bytecode: Uint8Array): Promise<void> {
    const manager = device.serviceIndex(SRV_MANAGER)
    const image = programImage(bytecode)
    const size = Buffer.alloc(4)
    size.writeUInt32LE(image.length)
    const refusal = `device ${device.deviceId} refused a program of ${image.length} B: too large for its flash?`
    const opened = Buffer.from(await device.query(manager, MANAGER_DEPLOY, size, refusal))
    const port = opened.length >= 2 ? opened.readUInt16LE() : 0
    if (port === 0) throw new DevtoolsError(refusal)

    let counter = 0
    const write = (flags: number, data: Uint8Array) =>
        device.command(
            PIPE_SERVICE,
            (port << PIPE_PORT_SHIFT) | flags | (counter++ & PIPE_COUNTER_MASK),
            data
        )
    for (let at = 0; at < image.length; at += CHUNK_BYTES)
        await write(0, image.slice(at, at + CHUNK_BYTES))
    await write(PIPE_CLOSE, new Uint8Array(0))

    const held = await device.query(
        manager,
        MANAGER_GET_SHA256,
        new Uint8Array(0),
        `device ${device.deviceId} does not say which program it holds`
    )
    const wanted = createHash("sha256").update(image).digest()
    if (!wanted.equals(held))
        throw new DevtoolsError(`device ${device.deviceId} holds another program than was sent`)
}
