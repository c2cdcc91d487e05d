/** Settings, program and Wi-Fi of one node, over Jacdac. */
import { DeviceClient } from "../../../sim/devtools/device-client.js"
import { type FrameLink } from "../../../sim/jacdac/frame-link.js"
import { DevtoolsError } from "../../../sim/devtools/within.js"
import { knownBoards, type Board } from "../../../sim/program/boards.js"
import {
    MANAGER_GET_SHA256,
    SETTINGS_SET,
    SRV_MANAGER,
    SRV_SETTINGS,
    deployProgram,
    settingRecord,
} from "../../../sim/devtools/deploy.js"
import { MARK_KEY, SETTING_KEYS } from "../../../src/core/protocol/settings-mark.js"
import { markOf, type Stored } from "./stored-form.js"

const SRV_WIFI = 0x18aae1fa

const CONTROL_SERVICE = 0
const CONTROL_GET_PRODUCT = 0x1181

const SETTINGS_GET = 0x80
const SETTINGS_DELETE = 0x84
const MANAGER_GET_SIZE = 0x1180
const MANAGER_GET_NAME = 0x1184
const WIFI_ADD_NETWORK = 0x81

/** A board that was just plugged in starts within this time, and one that restarts, ms. */
const PRESENT_MS = 30_000

/** Mark while settings are being written. */
const OPEN_MARK = null
/** Nearly the longest text that can be read back: it takes 248 B of a bank each time. */
const FILLER_CHARACTERS = 216
/** This many of them fill a bank of settings, 16 KB at most, and a few more. */
const FILLER_WRITES = 80

export interface ProgramOnNode {
    /** Hex. */
    readonly sha256: string
    readonly name: string
}

/** What a node says about its settings at boot (src/station/settings.ts). */
export type Health = "ok" | "none" | "damaged"

export class ConnectedNode {
    private constructor(private readonly device: DeviceClient) {}

    /** @throws DevtoolsError when the node is not there */
    static async open(
        link: FrameLink,
        deviceId: string,
        signal?: AbortSignal
    ): Promise<ConnectedNode> {
        const device = new DeviceClient(link, deviceId, signal)
        await device.waitForDevice(PRESENT_MS)
        return new ConnectedNode(device)
    }

    get deviceId(): string {
        return this.device.deviceId
    }

    /** All settings and the mark. */
    async read(): Promise<Stored> {
        const stored = new Map<string, string>()
        for (const key of [...SETTING_KEYS, MARK_KEY]) {
            const value = await this.readValue(key)
            if (value !== "") stored.set(key, value)
        }
        return stored
    }

    /**
     * Makes the node hold exactly these settings. The mark is open while they are
     * written, so that a cut at any moment shows.
     *
     * @returns keys that the node does not hold as they were written
     */
    async write(wanted: Stored): Promise<string[]> {
        const before = await this.read()
        const differing = SETTING_KEYS.filter(key => before.get(key) !== wanted.get(key))
        // With the old mark still there, what is half written might be mistaken for whole.
        if (differing.length > 0 && !(await this.putMark(OPEN_MARK))) return [MARK_KEY]
        for (const key of differing) {
            const json = wanted.get(key)
            if (json === undefined) await this.delete(key)
            else await this.set(key, JSON.parse(json) as Value)
        }
        const mark = markOf(wanted)
        const after = await this.read()
        const lost = SETTING_KEYS.filter(key => after.get(key) !== wanted.get(key))
        if (lost.length > 0) return lost
        if (after.get(MARK_KEY) === String(mark)) return []
        return (await this.putMark(mark)) ? [] : [MARK_KEY]
    }

    /**
     * Writes until the platform moves its settings from one bank of its store to
     * the other, which erases what a power cut may have left there.
     */
    async renewStore(): Promise<void> {
        for (let i = 0; i < FILLER_WRITES; i++)
            await this.writeMark(String(i & 1).repeat(FILLER_CHARACTERS))
        await this.writeMark(OPEN_MARK)
    }

    /** @returns undefined when the node has no program, or one that was not sent to its end */
    async program(): Promise<ProgramOnNode | undefined> {
        const size = Buffer.from(await this.register(MANAGER_GET_SIZE)).readUInt32LE()
        if (size === 0) return undefined
        return {
            sha256: Buffer.from(await this.register(MANAGER_GET_SHA256)).toString("hex"),
            name: Buffer.from(await this.register(MANAGER_GET_NAME)).toString(),
        }
    }

    /** @throws DevtoolsError when the node refuses the program */
    async deploy(bytecode: Uint8Array): Promise<void> {
        await deployProgram(this.device, bytecode)
    }

    /** @returns undefined for a board that nobody here knows, or that does not say what it is */
    async board(): Promise<Board | undefined> {
        try {
            const data = await this.device.ask(
                CONTROL_SERVICE,
                CONTROL_GET_PRODUCT,
                new Uint8Array(0),
                () => true,
                `device ${this.deviceId} does not say which board it is`
            )
            const product = Buffer.from(data).readUInt32LE()
            return knownBoards().find(({ productId }) => productId === product)
        } catch (e) {
            if (e instanceof DevtoolsError || e instanceof RangeError) return undefined
            throw e
        }
    }

    get hasWifi(): boolean {
        return this.device.hasService(SRV_WIFI)
    }

    /** Tells the board which Wi-Fi to join. @throws DevtoolsError when it has no Wi-Fi */
    async joinWifi(ssid: string, password: string): Promise<void> {
        const service = this.device.serviceIndex(SRV_WIFI)
        await this.device.command(
            service,
            WIFI_ADD_NETWORK,
            Buffer.from(password === "" ? `${ssid}\0` : `${ssid}\0${password}\0`)
        )
    }

    /** Restarts the board and waits until it is back. */
    async restart(): Promise<void> {
        await this.device.restart(PRESENT_MS)
    }

    private async readValue(key: string): Promise<string> {
        const head = Buffer.from(`${key}\0`)
        const answer = await this.device.ask(
            this.device.serviceIndex(SRV_SETTINGS),
            SETTINGS_GET,
            Buffer.from(key),
            data => head.equals(data.subarray(0, head.length)),
            `device ${this.deviceId} does not say what its setting "${key}" is`
        )
        return Buffer.from(answer.subarray(head.length)).toString("latin1")
    }

    private async set(key: string, value: Value): Promise<void> {
        await this.device.command(
            this.device.serviceIndex(SRV_SETTINGS),
            SETTINGS_SET,
            settingRecord(key, value)
        )
    }

    private async delete(key: string): Promise<void> {
        await this.device.command(
            this.device.serviceIndex(SRV_SETTINGS),
            SETTINGS_DELETE,
            Buffer.from(key)
        )
    }

    /** Writes the mark. @returns whether the node kept it */
    private async putMark(mark: number | null): Promise<boolean> {
        await this.writeMark(mark)
        return (await this.readValue(MARK_KEY)) === String(mark)
    }

    private async writeMark(mark: Value): Promise<void> {
        await this.set(MARK_KEY, mark)
    }

    private async register(command: number): Promise<Uint8Array> {
        return this.device.ask(
            this.device.serviceIndex(SRV_MANAGER),
            command,
            new Uint8Array(0),
            () => true,
            `device ${this.deviceId} does not say which program it holds`
        )
    }
}

type Value = string | number | boolean | null

/** Whether there is no mark: another tool wrote what is stored, or a power cut struck in the middle of the mark. */
export function isUnmarked(stored: Stored): boolean {
    return stored.size > 0 && !stored.has(MARK_KEY)
}

/** What a node with this in its store says at boot. */
export function healthOf(stored: Stored): Health {
    if (stored.size === 0) return "none"
    return stored.get(MARK_KEY) === String(markOf(stored)) ? "ok" : "damaged"
}
