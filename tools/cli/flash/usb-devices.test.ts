import { describe, expect, it } from "vitest"
import { DoubledPicoDevice } from "../../../tests/support/pico-device.js"
import { BoardError } from "../../flash/board-access.js"
import { PicoBoard } from "../../flash/picoboot/pico-board.js"
import { bootDevices, type UsbLibrary } from "./usb-devices.js"

type Listener = Parameters<UsbLibrary["addEventListener"]>[1]

function listed(handle: string, productId = 0x0003, vendorId = 0x2e8a) {
    return Object.assign(new DoubledPicoDevice({ ids: { vendorId, productId } }), { handle })
}

/** The library with these devices plugged in. */
class Library implements UsbLibrary {
    readonly listeners = new Set<Listener>()

    constructor(readonly devices: readonly ReturnType<typeof listed>[]) {}

    async getDevices() {
        return await Promise.resolve(this.devices)
    }

    addEventListener(_: "disconnect", listener: Listener): void {
        this.listeners.add(listener)
    }

    removeEventListener(_: "disconnect", listener: Listener): void {
        this.listeners.delete(listener)
    }

    unplug(handle: string): void {
        for (const listener of this.listeners) listener({ device: listed(handle) })
    }
}

describe("boards in their boot mode on this computer", () => {
    it("are told from anything else that is plugged in", async () => {
        const devices = [
            listed("keyboard", 0x0003, 0x046d),
            listed("running", 0x420a),
            listed("pico"),
            listed("pico 2", 0x000f),
        ]
        const found = await bootDevices(() => Promise.resolve(new Library(devices)))
        expect(found.map(({ chip }) => chip)).toEqual(["RP2040", "RP2350"])
        expect(found.map(({ device }) => device)).toEqual(devices.slice(2))
    })

    it("are none where the system cannot list them, or the library cannot be loaded", async () => {
        const closed = new Library([])
        closed.getDevices = () => Promise.reject(new Error("/sys/bus/usb/devices/ not found"))
        expect(await bootDevices(() => Promise.resolve(closed))).toEqual([])
        expect(await bootDevices(() => Promise.reject(new Error("no native part")))).toEqual([])
    })

    it("are asked for with the real library without an error", async () => {
        expect(Array.isArray(await bootDevices())).toBe(true)
    })

    it("are written until they are unplugged, each for itself, and let go of", async () => {
        const library = new Library([listed("a"), listed("b")])
        const [a, b] = await bootDevices(() => Promise.resolve(library))
        const boardA = await PicoBoard.connect(a.device, a.onLost)
        const boardB = await PicoBoard.connect(b.device, b.onLost)
        library.unplug("a")
        await expect(boardA.read(0x10000000, 4)).rejects.toThrow(BoardError)
        expect([...(await boardB.read(0x10000000, 4))]).toEqual([255, 255, 255, 255])
        await boardB.close()
        a.release()
        b.release()
        expect(library.listeners.size).toBe(0)
    })
})
