import { describe, expect, it } from "vitest"
import { type EspChip } from "../../../sim/bootloader/esp32.js"
import { SeededRandom } from "../../../sim/time/random.js"
import { boardFailure } from "../../../tests/support/board-failure.js"
import { DoubledEspPort } from "../../../tests/support/esp-port.js"
import { EspBoard } from "./esp-board.js"

const CHIPS: EspChip[] = ["ESP32", "ESP32-S2", "ESP32-S3", "ESP32-C3"]
const PIECE = new Uint8Array(40_000)
new SeededRandom("piece").fill(PIECE)
const BLOCK_BYTES = 0x4000

async function connect(port: DoubledEspPort, options = {}): Promise<EspBoard> {
    return await EspBoard.connect(port, port.onLost, options)
}

describe("a board with an ESP32", () => {
    it.each(CHIPS)("of %s is recognised, written, compared, read and restarted", async chip => {
        const port = new DoubledEspPort(chip)
        const board = await connect(port)
        expect(board.chip).toBe(chip)
        expect(board.serial).toBe("24:6f:28:01:02:03")
        const shares: number[] = []
        await board.write(0x10000, PIECE, share => shares.push(share))
        expect(shares[0]).toBe(0)
        expect(shares.at(-1)).toBe(1)
        expect(await board.holds(0x10000, PIECE)).toBe(true)
        expect(await board.holds(0x10000, PIECE.subarray(4))).toBe(false)
        const read = await board.read(0x10000 + 5000, 9000)
        expect(Buffer.compare(read, PIECE.subarray(5000, 14_000))).toBe(0)
        expect(await board.holds(0x10000, PIECE)).toBe(true)
        await board.restart()
        expect(port.resets.at(-1)).toBe("run")
        expect(port.readable).toBeNull()
        expect(
            Buffer.compare(port.board.flash.subarray(0x10000, 0x10000 + PIECE.length), PIECE)
        ).toBe(0)
        expect(port.board.flash.subarray(0, 0x10000).every(byte => byte === 0xff)).toBe(true)
    })

    it.each([
        ["ESP32-S2", {}],
        ["ESP32-S2", { usbVendorId: 0x303a, usbProductId: 0x0002 }],
        ["ESP32-S3", { usbVendorId: 0x303a, usbProductId: 0x0009 }],
    ] as const)(
        "of %s on its own USB (%o), which takes short blocks only, is written and compared",
        async (chip, ids) => {
            const port = new DoubledEspPort(chip, {}, undefined, ids)
            port.board.onOwnUsb()
            const board = await connect(port)
            await board.write(0x10000, PIECE, () => undefined)
            expect(await board.holds(0x10000, PIECE)).toBe(true)
            expect(port.board.blocks).toBeGreaterThanOrEqual(Math.ceil(PIECE.length / 0x800))
            await board.restart()
        }
    )

    it("changes to the faster speed, and not when it is the same", async () => {
        const fast = new DoubledEspPort("ESP32-C3")
        await (await connect(fast)).close()
        expect(fast.speeds).toEqual([115_200, 460_800])
        const slow = new DoubledEspPort("ESP32-C3")
        await (await connect(slow, { baud: 115_200 })).close()
        expect(slow.speeds).toEqual([115_200])
    })

    it("that is not in its boot mode: says which button to hold", async () => {
        const port = new DoubledEspPort("ESP32-S3", { isDeaf: true })
        expect(await boardFailure(connect(port, { attempts: 1 }))).toMatch(
            /hold BOOT .* press RESET/
        )
        expect(port.readable, "the port is given up").toBeNull()
    }, 120_000)

    it("that cannot write a block is tried again, then says so", async () => {
        const port = new DoubledEspPort("ESP32-C3")
        const board = await connect(port)
        port.board.faults = { failingFrom: 2 }
        expect(await boardFailure(board.write(0, PIECE, () => undefined))).toMatch(
            /writing failed: .* status 1,6/
        )
        expect(port.board.blocks).toBeGreaterThan(2)
    })

    it("with a bad cell is written, and does not hold what was written", async () => {
        const port = new DoubledEspPort("ESP32-C3", { badCellAt: 0x1001 })
        const board = await connect(port)
        const zeros = new Uint8Array(8192).fill(0x55)
        await board.write(0x1000, zeros, () => undefined)
        expect(await board.holds(0x1000, zeros)).toBe(false)
    })

    it("whose cable is pulled out at any block ends at once, with the true cause", async () => {
        const blocks = Math.ceil(PIECE.length / BLOCK_BYTES)
        for (let block = 1; block <= blocks; block++) {
            const port = new DoubledEspPort("ESP32-C3")
            const board = await connect(port)
            port.board.faults = { atBlock: { block, action: () => port.lose() } }
            expect(await boardFailure(board.write(0, PIECE, () => undefined))).toMatch(
                /the board is gone: was the cable pulled out/
            )
            expect(await boardFailure(board.read(0, 4))).toMatch(/the board is gone/)
            await board.close()
        }
    }, 120_000)

    it("that answers no more is given up after a standstill", async () => {
        const port = new DoubledEspPort("ESP32-C3")
        const board = await connect(port, { stallMs: 1500 })
        port.board.faults = { atBlock: { block: 1, action: () => undefined } }
        expect(await boardFailure(board.write(0, PIECE, () => undefined))).toMatch(
            /writing stands still for 1.5 s/
        )
    })

    it("with noise before an answer is told as noise, not as something written", async () => {
        const port = new DoubledEspPort("ESP32-C3")
        const board = await connect(port)
        port.board.faults = { noise: Uint8Array.of(0x45, 0x2d) }
        expect(await boardFailure(board.holds(0, PIECE))).toMatch(/comparing failed: .* noise/)
    })
})
