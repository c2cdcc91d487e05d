import { afterEach, describe, expect, it, vi } from "vitest"
import { STATUS } from "../../../sim/bootloader/rp2040.js"
import { PICO_FLASH_BYTES, PicoFlash } from "../../../sim/bootloader/rp2040-flash.js"
import { SeededRandom } from "../../../sim/time/random.js"
import { boardFailure } from "../../../tests/support/board-failure.js"
import { DoubledPicoDevice, flashId } from "../../../tests/support/pico-device.js"
import { BoardError } from "../board-access.js"
import { PicoBoard } from "./pico-board.js"
import { UDEV_RULE } from "./problems.js"

const AT = 0x10010000
const OFFSET = AT - 0x10000000
const PIECE = new Uint8Array(10_000)
new SeededRandom("piece").fill(PIECE)
const nothing = () => undefined

afterEach(() => {
    vi.useRealTimers()
})

async function connect(device: DoubledPicoDevice, options = {}): Promise<PicoBoard> {
    return await PicoBoard.connect(device, device.onLost, options)
}

/** Everything that a job does to a board. */
async function wholeUse(device: DoubledPicoDevice): Promise<void> {
    const board = await connect(device)
    await board.write(AT, PIECE, nothing)
    if (!(await board.holds(AT, PIECE))) throw new BoardError("what was written is not there")
    await board.restart()
}

describe("a board with an RP2040", () => {
    it("is named by its flash chip, written, compared, read and restarted", async () => {
        const device = new DoubledPicoDevice()
        const board = await connect(device)
        expect(board.chip).toBe("RP2040")
        expect(board.serial).toBe("e66038b713249237")
        expect(device.board.isExclusive, "the drive may not write meanwhile").toBe(true)
        const shares: number[] = []
        await board.write(AT, PIECE, share => shares.push(share))
        expect(shares[0]).toBe(0)
        expect(shares.at(-1)).toBe(1)
        expect(await board.holds(AT, PIECE)).toBe(true)
        expect(await board.holds(AT, PIECE.subarray(1))).toBe(false)
        expect(Buffer.compare(await board.read(AT + 5001, 4003), PIECE.subarray(5001, 9004))).toBe(
            0
        )
        await board.restart()
        expect(device.board.rebooted).toEqual({ pc: 0, sp: 0, delayMs: 500 })
        const cells = device.flash.cells
        expect(Buffer.compare(cells.subarray(OFFSET, OFFSET + PIECE.length), PIECE)).toBe(0)
        const others = [cells.subarray(0, OFFSET), cells.subarray(OFFSET + PIECE.length)]
        expect(others.every(part => part.every(byte => byte === 0xff))).toBe(true)
    })

    it("with another chip has another name; without a number, one that no board has twice", async () => {
        const named = async (id: Uint8Array) =>
            (await connect(new DoubledPicoDevice({ flash: new PicoFlash(id) }))).serial
        expect(await named(flashId(0x38))).toBe("e66038b713249238")
        for (const fill of [0, 0xff]) {
            const blank = new Uint8Array(8).fill(fill)
            const names = [await named(blank), await named(blank)]
            expect(names[0]).toMatch(/^unnumbered-/)
            expect(names[0]).not.toBe(names[1])
        }
    })

    it("over something else is erased sector by sector, and pages that stay erased are not programmed", async () => {
        const device = new DoubledPicoDevice()
        device.flash.cells.fill(0)
        const board = await connect(device)
        const sparse = new Uint8Array(8192).fill(0xff)
        sparse[300] = 1
        sparse[8191] = 2
        await board.write(AT, sparse, nothing)
        expect(device.flash.log).toEqual([
            "erase 0x10000",
            "program 0x10100",
            "erase 0x11000",
            "program 0x11f00",
        ])
        expect(await board.holds(AT, sparse)).toBe(true)
        expect(device.flash.cells[OFFSET - 1]).toBe(0)
        expect(device.flash.cells[OFFSET + 8192]).toBe(0)
    })

    it("is selected anew only where it was not configured, and gives its drive back when it is closed", async () => {
        const fresh = new DoubledPicoDevice({ isConfigured: false })
        await (await connect(fresh)).close()
        expect(fresh.calls).toEqual(["open", "configure", "claim", "release", "close"])
        const used = new DoubledPicoDevice()
        await (await connect(used)).close()
        expect(used.calls).toEqual(["open", "claim", "release", "close"])
        expect(used.board.isExclusive).toBe(false)
    })

    it("that another program left half-way in a command is taken over", async () => {
        const device = new DoubledPicoDevice()
        device.board.out(new Uint8Array(31))
        expect(device.board.out(new Uint8Array(32)), "it is halted").toBe("stall")
        const board = await connect(device)
        await board.write(AT, PIECE, nothing)
        expect(await board.holds(AT, PIECE)).toBe(true)
    })

    it("outside of its flash, or between sectors, is not written", async () => {
        const device = new DoubledPicoDevice()
        const board = await connect(device)
        const page = new Uint8Array(4096)
        for (const address of [0, 0x0ffff000, 0x10fff800, 0x11000000, 0x20000000])
            expect(await boardFailure(board.write(address, page, nothing))).toMatch(
                /is not in the board's flash|is not at the start of a sector/
            )
        expect(await boardFailure(board.read(0x0fffff00, 512))).toMatch(
            "0xfffff00 to 0x10000100 is not in the board's flash"
        )
        expect(device.flash.operations).toBe(0)
    })

    it("with a bad cell is written, and does not hold what was written", async () => {
        const device = new DoubledPicoDevice()
        device.faults = { flash: { badCellAt: OFFSET + 4097 } }
        const board = await connect(device)
        const piece = new Uint8Array(8192).fill(0x55)
        await board.write(AT, piece, nothing)
        expect(await board.holds(AT, piece)).toBe(false)
    })

    it("is not written by its drive meanwhile, which would be noticed", async () => {
        const device = new DoubledPicoDevice()
        device.faults = { board: { driveWritesBefore: 7 } }
        const board = await connect(device)
        await board.write(AT, PIECE, nothing)
        expect(await board.holds(AT, PIECE)).toBe(true)
        device.board.isExclusive = false
        device.faults = { board: { driveWritesBefore: 50 } }
        expect(await boardFailure(board.write(AT, PIECE, nothing))).toMatch(
            /WRITE: INTERLEAVED_WRITE/
        )
    })

    it.each(Object.entries(STATUS).filter(([name]) => name !== "OK"))(
        "that refuses with %s says so",
        async (name, status) => {
            const refused = [
                ["exclusive", "EXCLUSIVE_ACCESS", wholeUse],
                ["exit xip", "EXIT_XIP", wholeUse],
                ["erase", "FLASH_ERASE", wholeUse],
                ["write", "WRITE", wholeUse],
                ["read", "READ", wholeUse],
                ["exec", "EXEC", wholeUse],
            ] as const
            for (const [kind, command, use] of refused) {
                const device = new DoubledPicoDevice()
                device.faults = { board: { refusing: { kind, status } } }
                expect(await boardFailure(use(device))).toMatch(
                    new RegExp(`failed: the board answered ${command}: ${name}\\. Unplug it`)
                )
            }
        }
    )

    it("whose write fails at its last page, which it never acknowledges, is asked and says so", async () => {
        vi.useFakeTimers()
        const device = new DoubledPicoDevice()
        const board = await connect(device)
        device.board.isExclusive = false
        device.faults = { board: { driveWritesBefore: 17 } }
        // The first page went into the chip's own program.
        const failed = boardFailure(board.write(AT, PIECE.subarray(0, 4096), nothing))
        await vi.advanceTimersByTimeAsync(500)
        expect(await failed).toMatch(/writing failed: the board answered WRITE: INTERLEAVED_WRITE/)
        const after = boardFailure(board.read(AT, 4))
        expect(await after, "the connection is over").toMatch(/INTERLEAVED_WRITE/)
    })

    it("that answers no more is given up after a standstill, wherever it happens", async () => {
        vi.useFakeTimers()
        const transfers = await transfersOf(wholeUse)
        for (let silentFrom = 1; silentFrom <= transfers; silentFrom++) {
            const device = new DoubledPicoDevice()
            device.faults = { usb: { silentFrom } }
            const failed = boardFailure(wholeUse(device))
            await vi.advanceTimersByTimeAsync(40_000)
            const isLast = silentFrom === transfers
            expect(await failed, `transfer ${silentFrom}`).toMatch(
                isLast
                    ? "nothing failed"
                    : /(connecting|writing|reading|restarting) stands still for 30 s/
            )
        }
    })

    it.each(["an error", "an event"] as const)(
        "whose cable is pulled out at any transfer ends at once with the true cause, heard of by %s",
        async lossIs => {
            const transfers = await transfersOf(wholeUse)
            expect(transfers).toBeGreaterThan(30)
            for (let lostAt = 1; lostAt < transfers; lostAt++) {
                const device = new DoubledPicoDevice()
                device.faults = { usb: { lostAt, lossIs } }
                expect(await boardFailure(wholeUse(device)), `transfer ${lostAt}`).toMatch(
                    /the board is gone: was the cable pulled out\? To go on, hold BOOTSEL/
                )
            }
        }
    )

    it("that restarts before it acknowledges it has restarted", async () => {
        const device = new DoubledPicoDevice()
        const board = await connect(device)
        device.faults = { board: { isHasty: true } }
        await board.restart()
        expect(device.board.rebooted).toBeDefined()
    })

    it("never takes a transfer that was cut short or halted for one that was not", async () => {
        const transfers = await transfersOf(wholeUse)
        for (const fault of ["shortAt", "stallAt"] as const)
            for (let at = 1; at < transfers; at++) {
                const device = new DoubledPicoDevice()
                device.faults = { usb: { [fault]: at } }
                const said = await boardFailure(wholeUse(device))
                const [piece] = [device.flash.cells.subarray(OFFSET, OFFSET + PIECE.length)]
                if (said === "nothing failed")
                    expect(Buffer.compare(piece, PIECE), `${fault} ${at}`).toBe(0)
                else expect(said, `${fault} ${at}`).toMatch(/failed: the board answered/)
            }
    })
})

describe("a device that is no RP2040 in its boot mode", () => {
    it.each([
        [{ vendorId: 0x2e8a, productId: 0x000f }, /has an RP2350 .* take a Pico W/],
        [
            { vendorId: 0x2e8a, productId: 0x420a },
            /not in its boot mode: .* hold its BOOTSEL button/,
        ],
        [{ vendorId: 0x303a, productId: 0x0003 }, /not in its boot mode/],
    ])("%o is refused before it is opened", async (ids, words) => {
        const device = new DoubledPicoDevice({ ids })
        expect(await boardFailure(connect(device))).toMatch(words)
        expect(device.calls).toEqual([])
    })

    it("or shows its drive only is written by its drive", async () => {
        const device = new DoubledPicoDevice({ isDriveOnly: true })
        expect(await boardFailure(connect(device))).toMatch(
            /drive only: write a \.uf2 file to the drive/
        )
        expect(device.calls.at(-1)).toBe("close")
    })

    it.each([
        ["Access denied.", UDEV_RULE],
        ["failed to open device: Permission denied (os error 13)", UDEV_RULE],
        ["interface 1 requires the WinUSB driver", "use the drive RPI-RP2 instead"],
        ["Resource busy (os error 16)", "another program uses the board"],
        ["no idea", "cannot be opened (no idea): unplug the board, hold its BOOTSEL"],
    ])("or cannot be opened (%s) says what to do", async (message, words) => {
        const openError = new Error(message)
        const device = new DoubledPicoDevice()
        device.faults = { usb: { openError } }
        expect(await boardFailure(connect(device))).toContain(words)
    })

    it("or cannot be claimed says what to do, and is closed", async () => {
        const device = new DoubledPicoDevice()
        device.faults = {
            usb: { claimError: new DOMException("Unable to claim interface.", "NetworkError") },
        }
        expect(await boardFailure(connect(device))).toContain("another program uses the board")
        expect(device.calls.at(-1)).toBe("close")
    })
})

/** How many transfers a use takes. */
async function transfersOf(use: (device: DoubledPicoDevice) => Promise<void>): Promise<number> {
    const device = new DoubledPicoDevice()
    await use(device)
    expect(device.flash.cells.length).toBe(PICO_FLASH_BYTES)
    return device.transfers
}
