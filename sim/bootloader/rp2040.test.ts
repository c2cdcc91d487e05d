import { beforeEach, describe, expect, it } from "vitest"
import { PicoFlash } from "./rp2040-flash.js"
import { PACKET_BYTES, Rp2040Bootloader, STATUS } from "./rp2040.js"

const EXCLUSIVE = 1
const REBOOT = 2
const ERASE = 3
const READ = 0x84
const WRITE = 5
const EXIT_XIP = 6
const ENTER_XIP = 7
const EXEC = 8
const FLASH = 0x10000000
const RAM = 0x20000000
const EMPTY = new Uint8Array()

let rom: Rp2040Bootloader
let restarts: number
beforeEach(() => {
    restarts = 0
    rom = new Rp2040Bootloader(new PicoFlash(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), () => {
        restarts++
    })
    rom.configure()
})

interface Packet {
    readonly magic?: number
    readonly argBytes?: number
    readonly transferBytes?: number
}

let token = 0
function send(id: number, args: Uint8Array, change: Packet = {}) {
    const packet = new Uint8Array(32)
    const view = new DataView(packet.buffer)
    view.setUint32(0, change.magic ?? 0x431fd10b, true)
    view.setUint32(4, ++token, true)
    packet[8] = id
    packet[9] = change.argBytes ?? args.length
    view.setUint32(12, change.transferBytes ?? 0, true)
    packet.set(args, 16)
    return rom.out(packet)
}

function words(...values: number[]): Uint8Array {
    return new Uint8Array(Uint32Array.from(values).buffer)
}

/** A command without data that is acknowledged. */
function run(id: number, args: Uint8Array = EMPTY): void {
    expect(send(id, args)).toBe("taken")
    expect(rom.in()).toEqual(EMPTY)
}

/** Data of a command, in packets. @returns what became of the last one that was sent */
function push(bytes: Uint8Array) {
    let answer: string = "taken"
    for (let at = 0; at < bytes.length && answer === "taken"; at += PACKET_BYTES)
        answer = rom.out(bytes.subarray(at, at + PACKET_BYTES))
    return answer
}

function write(address: number, bytes: Uint8Array): void {
    send(WRITE, words(address, bytes.length), { transferBytes: bytes.length })
    expect(push(bytes)).toBe("taken")
    expect(rom.in()).toEqual(EMPTY)
}

function read(address: number, bytes: number): Uint8Array {
    send(READ, words(address, bytes), { transferBytes: bytes })
    const parts: Uint8Array[] = []
    for (let got = 0; got < bytes; got += PACKET_BYTES) {
        const packet = rom.in()
        if (typeof packet === "string") throw new Error(`${packet} after ${got} B`)
        parts.push(packet)
    }
    expect(rom.out(EMPTY), "acknowledged").toBe("taken")
    return new Uint8Array(Buffer.concat(parts))
}

function status() {
    const answer = rom.controlIn(0x42, 16)
    if (answer === undefined) throw new Error("no status")
    const view = new DataView(answer.buffer)
    return {
        token: view.getUint32(0, true),
        code: view.getUint32(4, true),
        isBusy: answer[9] === 1,
    }
}

/** Both endpoints halt, and the status says why. */
function expectRefused(code: number): void {
    expect(rom.in()).toBe("stall")
    expect(rom.out(EMPTY)).toBe("stall")
    expect(status()).toEqual({ token, code, isBusy: false })
}

describe("the boot ROM of an RP2040", () => {
    it("erases, writes and reads flash and RAM, and restarts", () => {
        run(EXCLUSIVE, Uint8Array.of(1))
        expect(rom.isExclusive).toBe(true)
        run(EXIT_XIP)
        run(ENTER_XIP)
        const page = new Uint8Array(256).map((_, i) => i)
        rom.flash.cells.fill(0x0f)
        write(FLASH + 512, page)
        expect(read(FLASH + 512, 256), "bits only become 0").toEqual(page.map(byte => byte & 0x0f))
        run(ERASE, words(FLASH, 8192))
        expect(rom.flash.cells.subarray(0, 8192).every(byte => byte === 0xff)).toBe(true)
        expect(rom.flash.cells[8192]).toBe(0x0f)
        write(FLASH + 4096, page)
        expect(read(FLASH + 4096, 100)).toEqual(page.subarray(0, 100))
        write(RAM + 3, page.subarray(0, 77))
        expect(read(RAM + 3, 77)).toEqual(page.subarray(0, 77))
        expect(status()).toEqual({ token, code: STATUS.OK, isBusy: false })
        run(REBOOT, words(0, 0, 500))
        expect(rom.rebooted).toEqual({ pc: 0, sp: 0, delayMs: 500 })
        expect(restarts).toBe(1)
    })

    it("fills the last page up with zeros", () => {
        run(EXIT_XIP)
        write(FLASH, new Uint8Array(300).fill(0xaa))
        expect([...rom.flash.cells.subarray(299, 301)]).toEqual([0xaa, 0])
        expect([...rom.flash.cells.subarray(511, 513)]).toEqual([0, 0xff])
    })

    it("cannot reach flash before EXIT_XIP, nor after a reset in the midst of a command", () => {
        rom.flash.cells.fill(0x77)
        expect(read(FLASH, 256).every(byte => byte === 0)).toBe(true)
        run(ERASE, words(FLASH, 4096))
        expect(rom.flash.cells[0]).toBe(0x77)
        run(EXIT_XIP)
        expect(read(FLASH, 256)[0]).toBe(0x77)
        expect(rom.controlOut(0x41), "reset between commands").toBe(true)
        expect(read(FLASH, 256)[0]).toBe(0x77)
        send(READ, words(FLASH, 256), { transferBytes: 256 })
        expect(status().isBusy).toBe(true)
        rom.controlOut(0x41)
        expect(read(FLASH, 256)[0]).toBe(0)
    })

    it.each([
        ["wrong magic", () => send(EXIT_XIP, EMPTY, { magic: 0x431fd10c }), undefined],
        ["a packet of the wrong length", () => rom.out(new Uint8Array(31)), undefined],
        ["command 0", () => send(0, EMPTY), STATUS.UNKNOWN_CMD],
        ["an unknown command", () => send(0x0a, EMPTY), STATUS.UNKNOWN_CMD],
        [
            "arguments of the wrong length",
            () => send(ERASE, words(FLASH, 4096), { argBytes: 4 }),
            STATUS.INVALID_CMD_LENGTH,
        ],
        [
            "another length of data than to be written",
            () => send(WRITE, words(FLASH, 256), { transferBytes: 255 }),
            STATUS.INVALID_TRANSFER_LENGTH,
        ],
        [
            "data where none belong",
            () => send(EXIT_XIP, EMPTY, { transferBytes: 1 }),
            STATUS.INVALID_TRANSFER_LENGTH,
        ],
        ["nothing to write", () => send(WRITE, words(FLASH, 0), { transferBytes: 1 }), 3],
    ])("halts both ways at %s", (_, act, code) => {
        run(EXIT_XIP)
        const before = status()
        expect(act()).toBe("taken")
        if (code !== undefined) expectRefused(code)
        else {
            expect(rom.in()).toBe("stall")
            expect(status(), "the status is that of the command before").toEqual(before)
        }
        rom.clearHalt("in")
        rom.clearHalt("out")
        expect(rom.controlOut(0x41)).toBe(true)
        run(EXIT_XIP)
    })

    it.each([
        ["between pages", FLASH + 1, STATUS.BAD_ALIGNMENT],
        ["before flash", FLASH - 256, STATUS.INVALID_ADDRESS],
        ["behind RAM", 0x20042000, STATUS.INVALID_ADDRESS],
    ])("halts the data of a read and of a write %s", (_, address, code) => {
        run(EXIT_XIP)
        send(READ, words(address, 512), { transferBytes: 512 })
        expect(rom.in()).toBe("stall")
        expect(status()).toEqual({ token, code, isBusy: false })
        rom.controlOut(0x41)
        send(WRITE, words(address, 512), { transferBytes: 512 })
        expect(push(new Uint8Array(512))).toBe("stall")
        expect(status()).toEqual({ token, code, isBusy: false })
        expect(rom.in(), "is not acknowledged").toBe("wait")
    })

    it("does not acknowledge a write that fails at its last page, whose data it has taken", () => {
        send(WRITE, words(FLASH + 1, 256), { transferBytes: 256 })
        expect(push(new Uint8Array(256))).toBe("taken")
        expect(rom.in()).toBe("wait")
        expect(status().code).toBe(STATUS.BAD_ALIGNMENT)
    })

    it("acknowledges an erasure at a wrong address, and does nothing", () => {
        run(EXIT_XIP)
        rom.flash.cells.fill(0)
        for (const [address, bytes] of [
            [FLASH + 256, 4096],
            [FLASH, 4000],
            [0, 4096],
        ])
            run(ERASE, words(address, bytes))
        expect(status().code).toBe(STATUS.OK)
        expect(rom.flash.operations).toBe(0)
    })

    it("breaks a write off between whose pages the drive was written, unless that was locked out", () => {
        rom.faults = { driveWritesBefore: 2 }
        send(WRITE, words(RAM, 1024), { transferBytes: 1024 })
        expect(push(new Uint8Array(1024))).toBe("stall")
        expect(status().code).toBe(STATUS.INTERLEAVED_WRITE)
        rom.controlOut(0x41)
        run(EXCLUSIVE, Uint8Array.of(1))
        rom.faults = { driveWritesBefore: 4 }
        write(RAM, new Uint8Array(1024))
    })

    it("does nothing more once it is told to restart", () => {
        run(EXIT_XIP)
        run(REBOOT, words(0, 0, 500))
        send(READ, words(FLASH, 256), { transferBytes: 256 })
        expect(rom.in()).toBe("stall")
        expect(status().code).toBe(STATUS.REBOOTING)
        rom.controlOut(0x41)
        run(ERASE, words(FLASH, 4096))
        expect(rom.flash.operations).toBe(0)
    })

    it("takes no command before the last one is acknowledged, and loses one that comes instead of it", () => {
        send(EXIT_XIP, EMPTY)
        expect(send(EXIT_XIP, EMPTY)).toBe("wait")
        expect(rom.in()).toEqual(EMPTY)
        send(READ, words(RAM, 4), { transferBytes: 4 })
        expect(send(EXIT_XIP, EMPTY), "while it sends").toBe("wait")
        expect(rom.in()).toEqual(new Uint8Array(4))
        expect(send(EXCLUSIVE, Uint8Array.of(1)), "as the acknowledgement").toBe("taken")
        expect(rom.isExclusive).toBe(false)
    })

    it("knows no other requests than reset and status", () => {
        expect(rom.controlOut(0x40)).toBe(false)
        expect(rom.controlIn(0x41, 16)).toBeUndefined()
        expect(rom.controlIn(0x42, 15)).toBeUndefined()
    })

    it.each([
        ["an instruction that it does not know", [0xde00], "instruction de00 at 20000000"],
        ["a program that does not end", [0x2000, 0xd0fd], "has not ended"],
        ["a register that it does not have", [0x6800], "register 0 is not known"],
    ])("says of %s what it is", (_, code, said) => {
        write(RAM, new Uint8Array(Uint16Array.from(code).buffer))
        expect(() => send(EXEC, words(RAM))).toThrow(said)
    })
})
