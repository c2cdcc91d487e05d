/**
 * What a model does not know it logs, and never ignores: each register and command of the part's
 * table is written and read, and so is everything that is not in the table.
 *
 * `SUITCASE_PART=tmp117 npx vitest run tests/parts/documented` runs it for one part.
 */
import { describe, expect, it } from "vitest"
import { loadParts, isOnPin } from "../../sim/parts/catalogue.js"
import { fed } from "../../sim/parts/part-bench.js"
import { crc8 } from "../../src/core/crc.js"
import { TRANSFER_OK, type RegisterModel } from "../../src/drivers/shared/register-model.js"
import {
    RegisterMapModel,
    type RegisterRule,
} from "../../src/drivers/shared/registers/register-map-model.js"
import { WordMapModel, type WordRule } from "../../src/drivers/shared/registers/word-map-model.js"
import { CommandModel, type Command } from "../../src/drivers/shared/sensirion/command-model.js"

/** Long after power-up, ms: everything has started. */
const LATER_MS = 100_000
/** Codes of commands that are tried, of all that there are. */
const CODE_STEP = 7
/** Commands that the part never acknowledges. */
const NOT_ACKNOWLEDGED = ["wake_up", "wake-up"]
/** Bits that do not stay as they were written: resets, starts, flags, by part and register. */
const OF_THEIR_OWN: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    ads1115: { Config: 0x8000 },
    bme280: { ctrl_meas: 0x03, reset: 0xff },
    bme680: { ctrl_meas: 0x03, reset: 0xff },
    bmp280: { ctrl_meas: 0x03, reset: 0xff },
    dps310: { MEAS_CFG: 0xff, RESET: 0xff },
    // The mode turns the hour into another one; flags can only be cleared.
    ds3231: { hours: 0xff, control: 0x20, status: 0x83 },
    // FS0 cannot be set.
    ina219: { Configuration: 0x8000, Calibration: 0x0001 },
    ltr390: { MAIN_CTRL: 0x10 },
    // The low bytes of the last two can only be read.
    max17048: { MODE: 0x4000, CMD: 0xffff, "VRESET/ID": 0x00ff, STATUS: 0x80ff },
    // Flags of the chip; of the EEPROM only the lock can be written.
    tmp117: { Configuration: 0xf002, EEPROM_UL: 0x7fff },
}

const only = process.env["SUITCASE_PART"]
const parts = (await loadParts())
    .filter(part => !isOnPin(part))
    .filter(({ folder }) => only === undefined || folder === only)
if (parts.length === 0) it.skip("has no part", () => undefined)

describe.each(parts.map(part => [part.folder, part] as const))("%s", (folder, part) => {
    const make = () => {
        const model = fed<RegisterModel>(part, part.model(part.addresses[0]))
        model.brownOut(0)
        return model
    }
    /** Transfers to a part that has just had its time to start. @returns what was logged */
    const complaints = (...transfers: (readonly [readonly number[], number])[]) => {
        const model = make()
        let status: number = TRANSFER_OK
        let data: Uint8Array = new Uint8Array(0)
        for (const [i, [bytes, length]] of transfers.entries()) {
            const result = model.transfer(Uint8Array.from(bytes), length, LATER_MS + 10 * i)
            status ||= result.status
            data = result.data
        }
        return { status, data, logged: model.illegalAccesses.map(({ what }) => what) }
    }
    const sample = make()

    it("has its supply current and its channels' times to settle from a document, where one was found", () => {
        if (part.supply === undefined) {
            expect(["aht20", "dps310"], "parts of which no figures were found").toContain(folder)
            return
        }
        const { measuring, between, source } = part.supply
        expect(source.length).toBeGreaterThan(10)
        for (const { typical, max } of [measuring, between]) {
            expect(typical, "mA").toBeGreaterThan(0)
            expect(max ?? typical, "mA at most").toBeGreaterThanOrEqual(typical)
        }
        expect(between.typical, "mA between samples").toBeLessThanOrEqual(measuring.typical)
    })

    if (sample instanceof RegisterMapModel || sample instanceof WordMapModel) {
        const rules = (sample as unknown as { rules: ReadonlyMap<number, RegisterRule & WordRule> })
            .rules
        const width = sample instanceof WordMapModel ? 2 : 1
        // Bit 7 of an address may mean a burst.
        const addresses = Array.from({ length: folder === "lis3dh" ? 128 : 256 }, (_, i) => i)
        const bytesOf = (value: number) => (width === 2 ? [value >> 8, value & 0xff] : [value])

        it("logs reads and writes of all registers that are not in its table", () => {
            for (const address of addresses.filter(a => !rules.has(a))) {
                const where = `0x${address.toString(16)}`
                expect(complaints([[address], width]).logged, `read of ${where}`).not.toEqual([])
                const write = complaints([[address, ...bytesOf(0)], 0])
                expect(write.logged, `write of ${where}`).not.toEqual([])
            }
        })

        it("logs writes of registers that can only be read, and reads of those that cannot", () => {
            for (const [address, { writable, readable }] of rules) {
                if (writable !== true)
                    expect(complaints([[address, ...bytesOf(1)], 0]).logged).not.toEqual([])
                if (readable === false)
                    expect(complaints([[address], width]).logged).not.toEqual([])
            }
        })

        it("keeps each bit that is written to a register, or logs it", () => {
            for (const [address, rule] of rules) {
                if (rule.writable !== true || rule.readable === false) continue
                const itsOwn = (rule.readOnly ?? 0) | (OF_THEIR_OWN[folder]?.[rule.name] ?? 0)
                for (let bit = 0; bit < 8 * width; bit++) {
                    const value = (rule.initial ?? 0) ^ (1 << bit)
                    if ((itsOwn & (1 << bit)) !== 0) continue
                    const { data, logged } = complaints(
                        [[address, ...bytesOf(value)], 0],
                        [[address], width]
                    )
                    if (logged.length > 0) continue
                    const kept = width === 2 ? (data[0] << 8) | data[1] : data[0]
                    expect(kept & ~itsOwn, `bit ${bit} of ${rule.name} is ignored`).toBe(
                        value & ~itsOwn
                    )
                }
            }
        })
    }

    if (sample instanceof CommandModel) {
        const commands = (sample as unknown as { commands: ReadonlyMap<number, Command> }).commands
        const argumentsOf = ({
            argument,
            secondArgument,
            thirdArgument,
            moreArguments = [],
        }: Command) =>
            [argument, secondArgument, thirdArgument, ...moreArguments].filter(r => r !== undefined)
        const send = (code: number, words: readonly number[]) => {
            const bytes = [code >> 8, code & 0xff]
            for (const word of words) {
                const pair = [word >> 8, word & 0xff]
                bytes.push(...pair, crc8(Uint8Array.from(pair), 0, 2))
            }
            return bytes
        }

        it("takes each command of its table with its lowest and highest arguments", () => {
            for (const [code, command] of commands) {
                const ranges = argumentsOf(command)
                for (const end of [0, 1] as const) {
                    const words = ranges.map(range => range[end])
                    const { status, logged } = complaints([send(code, words), 0])
                    // Not acknowledged, or logged: what the part is not in the state for.
                    if (status !== TRANSFER_OK && logged.length === 0)
                        expect(
                            NOT_ACKNOWLEDGED,
                            `${command.name} is refused without a word`
                        ).toContain(command.name)
                }
            }
        })

        it("logs arguments outside of their ranges, commands that it does not know, and too few words", () => {
            for (const [code, command] of commands) {
                const ranges = argumentsOf(command)
                ranges.forEach(([, high], i) => {
                    if (high === 0xffff) return
                    const words = ranges.map(([low], at) => (at === i ? high + 1 : low))
                    const { logged } = complaints([send(code, words), 0])
                    expect(logged, `${command.name} with ${words.join(", ")}`).not.toEqual([])
                })
                if (ranges.length === 0) {
                    const { status, logged } = complaints([send(code, [0]), 0])
                    expect([status === TRANSFER_OK, logged.length > 0], command.name).toEqual([
                        false,
                        true,
                    ])
                }
            }
            for (let code = 0; code < 0x10000; code += CODE_STEP) {
                if (commands.has(code)) continue
                const { logged } = complaints([send(code, []), 0])
                expect(logged, `command 0x${code.toString(16)}`).not.toEqual([])
            }
        })
    }
})
