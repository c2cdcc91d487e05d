import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { oneWireCrc } from "../../core/crc.js"
import { filled } from "../../core/list.js"
import {
    QUALITY_ABSENT,
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_TIMEOUT,
    QUALITY_WRONG_PART,
} from "../../core/quality.js"
import { temperatureChannel } from "../shared/channels.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { OneWireBridge, TRIPLET_DIRECTION, TRIPLET_FIRST, TRIPLET_SECOND } from "./bridge.js"
import { ROM_BYTES, ds18b20Temperature, romProblem } from "./conversion.js"

const DS2482_ADDRESS = 0x18 // AD1 and AD0 low; up to 0x1B
// Datasheet "DS18B20", revision 042208: ROM commands, function commands, memory map
const SEARCH_ROM = 0xf0
const READ_ROM = 0x33
const MATCH_ROM = 0x55
const SKIP_ROM = 0xcc
const CONVERT = 0x44
const WRITE_SCRATCHPAD = 0x4e
const READ_SCRATCHPAD = 0xbe
const RECALL = 0xb8
const READ_POWER_SUPPLY = 0xb4
const SCRATCHPAD_BYTES = 9
const AT_HIGH_ALARM = 2
const AT_LOW_ALARM = 3
const AT_CONFIGURATION = 4
const RESOLUTION_12_BITS = 0x7f
const CONVERT_MS = 750 // at most, 12 bits
/** How often a conversion's end is looked for, ms. */
const CONVERT_LOOK_MS = 40
/** How often a probe is asked whether it is done with a recall, the time of which is not stated. */
const RECALL_LOOKS = 50
const ATTEMPTS = 2
const MOST_PROBES = 4
const MOST_FOUND = 16
const NOT_PREPARED = -1

export interface DS2482Options extends DriverOptions {
    /**
     * ROM codes as {@link DS2482.searchRoms} gives them, 16 hex digits, family first, at most 4;
     * default: the only probe on the line, whichever it is.
     */
    probes?: string[]
    /** Put before "temperature" of each of {@link probes}; default "probe1_", "probe2_" … */
    names?: string[]
}

/**
 * Temperature (0.01 °C) of up to four DS18B20 probes on one cable.
 *
 * @devsPart Analog Devices DS2482-100, DS18B20
 * @devsServices temperature
 * @see {@link https://www.analog.com/en/products/ds18b20.html | Datasheet}
 */
export class DS2482 extends OneWireBridge {
    /** Empty: the only probe. */
    private readonly roms: Buffer[]
    /** Per probe, what its low alarm register holds only as long as it has power. */
    private readonly marks: number[]
    /** Per probe, how long a conversion takes that nothing interrupts, ms. */
    private readonly durations: number[]
    private readonly bytes = Buffer.alloc(SCRATCHPAD_BYTES)

    /** @throws RangeError for a ROM code that is none, too many probes or names that do not fit them */
    constructor(bus: I2C, options?: DS2482Options) {
        const roms = romsOf(options?.probes)
        super(
            "Analog Devices DS2482",
            bus,
            options?.address ?? DS2482_ADDRESS,
            channelsOf(options?.prefix ?? "", options?.probes, options?.names)
        )
        this.roms = roms
        this.marks = filled(this.channels.length, NOT_PREPARED)
        this.durations = filled(this.channels.length, 0)
    }

    /**
     * Lists the probes on the line, at most 16. Not while the driver samples.
     * @returns ROM codes, 16 hex digits each
     * @throws SensorError when none answers or an answer is disturbed; the bus's own error
     */
    async searchRoms(): Promise<string[]> {
        await this.resetBridge()
        const found: string[] = []
        const rom = Buffer.alloc(ROM_BYTES)
        // The last bit at which the search before had a choice and took 0.
        let fork = -1
        for (let pass = 0; pass < MOST_FOUND; pass++) {
            fork = await this.searchNext(rom, fork)
            if (oneWireCrc(rom, 0, ROM_BYTES - 1) !== rom[ROM_BYTES - 1])
                throw new SensorError(QUALITY_CRC, this.part + ": the search was disturbed")
            found.push(rom.toString("hex"))
            if (fork < 0) break
        }
        return found
    }

    protected override async setup(): Promise<void> {
        await this.resetBridge()
        if (this.roms.length === 0) await this.readRom()
        for (let i = 0; i < this.marks.length; i++) this.marks[i] = NOT_PREPARED
        let ready = 0
        for (let i = 0; i < this.marks.length; i++) if (await this.prepare(i)) ready++
        if (ready === 0) throw new SensorError(this.qualities[0], this.lastError)
    }

    protected override async measure(): Promise<void> {
        let watched = -1
        for (let i = 0; i < this.marks.length; i++)
            if (
                (this.marks[i] !== NOT_PREPARED || (await this.prepare(i))) &&
                (await this.start(i))
            )
                watched = i
        // Only the probe that was started last still tells; the others have their time.
        if (watched >= 0) await this.watch(watched)
        let readings = 0
        for (let i = 0; i < this.marks.length; i++)
            if (this.marks[i] !== NOT_PREPARED && (await this.finish(i))) readings++
        if (readings === 0) throw new SensorError(this.qualities[0], this.lastError)
        if (readings < this.marks.length) this.errors++
    }

    /**
     * Leaves a mark in the low alarm register: the complement of what the probe keeps there
     * without power. It is gone after a power loss, as the temperature is.
     */
    private async prepare(probe: number): Promise<boolean> {
        await this.select(probe, RECALL)
        if (!(await this.isDone(RECALL_LOOKS)))
            return this.trouble(probe, QUALITY_TIMEOUT, "does not recall its memory")
        await this.select(probe, READ_POWER_SUPPLY)
        const hasSupply = await this.readBit()
        if (!(await this.readScratchpad(probe))) return false
        const bytes = this.bytes
        const high = bytes[AT_HIGH_ALARM]
        const mark = bytes[AT_LOW_ALARM] ^ 0xff
        await this.select(probe, WRITE_SCRATCHPAD)
        await this.writeLine(high)
        await this.writeLine(mark)
        await this.writeLine(RESOLUTION_12_BITS)
        if (!(await this.readScratchpad(probe))) return false
        if (!this.isMarked(mark))
            return this.trouble(probe, QUALITY_NOT_READY, "did not take its resolution")
        if (!(await this.times(probe, hasSupply))) return false
        this.marks[probe] = mark
        return true
    }

    /**
     * Measures how long a conversion takes. Copies of the DS18B20 say that they draw their supply
     * from the line although they have a wire for it; one that really does cannot tell that it converts.
     */
    private async times(probe: number, hasSupply: boolean): Promise<boolean> {
        await this.select(probe, CONVERT)
        if (await this.readBit())
            return hasSupply
                ? this.trouble(probe, QUALITY_ABSENT, "does not start to measure")
                : this.trouble(probe, QUALITY_NOT_READY, "has no supply on its VDD wire")
        this.durations[probe] = await this.conversionEnd()
        return true
    }

    /** How long the conversion takes of the probe that was just told to, ms. @throws SensorError when it does not end */
    private async conversionEnd(): Promise<number> {
        const begun = ds.millis()
        for (;;) {
            await wait(CONVERT_LOOK_MS)
            const took = ds.millis() - begun
            if (await this.readBit()) return took
            // The VM's clock lags behind at the start.
            if (took > CONVERT_MS + CONVERT_LOOK_MS)
                throw new SensorError(QUALITY_TIMEOUT, this.part + ": a probe does not finish")
        }
    }

    /**
     * Waits for all conversions. Copies of the DS18B20 keep their whole scratchpad over a short loss of
     * supply, the mark and the old temperature with it. What they do not keep is that they were
     * converting: a conversion that ends early was none.
     */
    private async watch(probe: number): Promise<void> {
        const took = await this.conversionEnd()
        if (this.marks.length > 1 && took < CONVERT_MS) await wait(CONVERT_MS - took)
        if (took >= this.durations[probe] - (this.durations[probe] >> 3)) return
        this.marks[probe] = NOT_PREPARED
        this.trouble(probe, QUALITY_NOT_READY, "lost power")
    }

    /** Starts a conversion. A probe that did not hear it would give the old value again. */
    private async start(probe: number): Promise<boolean> {
        await this.select(probe, CONVERT)
        if (!(await this.readBit())) return true
        this.marks[probe] = NOT_PREPARED
        return this.trouble(probe, QUALITY_ABSENT, "does not start to measure")
    }

    private async finish(probe: number): Promise<boolean> {
        if (!(await this.readScratchpad(probe))) return false
        if (!this.isMarked(this.marks[probe])) {
            this.marks[probe] = NOT_PREPARED
            return this.trouble(probe, QUALITY_NOT_READY, "lost power")
        }
        this.put(probe, ds18b20Temperature(this.bytes[0] | (this.bytes[1] << 8)))
        return true
    }

    private isMarked(mark: number): boolean {
        return (
            this.bytes[AT_LOW_ALARM] === mark && this.bytes[AT_CONFIGURATION] === RESOLUTION_12_BITS
        )
    }

    /** Reads it into {@link bytes}, again when it was disturbed. */
    private async readScratchpad(probe: number): Promise<boolean> {
        const bytes = this.bytes
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
            await this.select(probe, READ_SCRATCHPAD)
            await this.readBytes(SCRATCHPAD_BYTES)
            if (oneWireCrc(bytes, 0, SCRATCHPAD_BYTES - 1) === bytes[SCRATCHPAD_BYTES - 1])
                return true
        }
        if (isSilence(bytes, SCRATCHPAD_BYTES))
            return this.trouble(probe, QUALITY_ABSENT, "does not answer")
        return this.trouble(probe, QUALITY_CRC, "gives a wrong checksum")
    }

    /** The code of the only probe. @throws SensorError when that does not come out */
    private async readRom(): Promise<void> {
        const bytes = this.bytes
        let problem = ""
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
            await this.resetLine()
            await this.writeLine(READ_ROM)
            await this.readBytes(ROM_BYTES)
            problem = romProblem(bytes)
            if (problem === "") {
                this.identity = "rom " + bytes.slice(0, ROM_BYTES).toString("hex")
                return
            }
        }
        const isDisturbed = oneWireCrc(bytes, 0, ROM_BYTES - 1) !== bytes[ROM_BYTES - 1]
        throw new SensorError(
            isDisturbed ? QUALITY_CRC : QUALITY_WRONG_PART,
            "DS18B20: its ROM code " + problem + (isDisturbed ? " (several probes?)" : "")
        )
    }

    private async readBytes(count: number): Promise<void> {
        for (let i = 0; i < count; i++) this.bytes[i] = await this.readLine()
    }

    /** Addresses one probe and gives it a command. */
    private async select(probe: number, command: number): Promise<void> {
        await this.resetLine()
        if (this.roms.length === 0) await this.writeLine(SKIP_ROM)
        else {
            const rom = this.roms[probe]
            await this.writeLine(MATCH_ROM)
            for (let i = 0; i < ROM_BYTES; i++) await this.writeLine(rom[i])
        }
        await this.writeLine(command)
    }

    /** The probe addressed last sends zeros while it works. */
    private async isDone(looks: number): Promise<boolean> {
        for (let i = 0; i < looks; i++) if (await this.readBit()) return true
        return false
    }

    /** One way through the tree of codes. @returns the last bit with a choice that took 0; −1: none */
    private async searchNext(rom: Buffer, fork: number): Promise<number> {
        await this.resetLine()
        await this.writeLine(SEARCH_ROM)
        let last = -1
        for (let bit = 0; bit < 8 * ROM_BYTES; bit++) {
            const at = bit >> 3
            const mask = 1 << (bit & 7)
            const wanted = bit < fork ? (rom[at] & mask) !== 0 : bit === fork
            const status = await this.triplet(wanted)
            const isOne = (status & TRIPLET_DIRECTION) !== 0
            const both = TRIPLET_FIRST | TRIPLET_SECOND
            if ((status & both) === both)
                throw new SensorError(QUALITY_ABSENT, this.part + ": a probe fell silent")
            if ((status & both) === 0 && !isOne) last = bit
            rom[at] = isOne ? rom[at] | mask : rom[at] & ~mask
        }
        return last
    }

    /** Notes why one probe gives nothing; the others go on. */
    private trouble(probe: number, quality: number, what: string): boolean {
        this.qualities[probe] = quality
        const rom = this.roms.length === 0 ? "" : " " + this.roms[probe].toString("hex")
        this.lastError = "DS18B20" + rom + ": it " + what
        return false
    }
}

function isSilence(bytes: Buffer, length: number): boolean {
    for (let i = 0; i < length; i++) if (bytes[i] !== 0xff) return false
    return true
}

function romsOf(probes: string[]): Buffer[] {
    const roms: Buffer[] = []
    if (probes === undefined) return roms
    if (probes.length < 1 || probes.length > MOST_PROBES)
        throw new RangeError("DS2482: 1 to 4 probes, got " + probes.length)
    for (const text of probes) {
        const rom = Buffer.from(text, "hex")
        // Whatever is no digit does not come back.
        if (rom.length !== ROM_BYTES || rom.toString("hex") !== text.toLowerCase())
            throw new RangeError("DS2482: a ROM code has 16 hex digits, got " + text)
        const problem = romProblem(rom)
        if (problem !== "") throw new RangeError("DS2482: ROM code " + text + " " + problem)
        roms.push(rom)
    }
    return roms
}

function channelsOf(prefix: string, probes: string[], names: string[]): Channel[] {
    const channels: Channel[] = []
    const count = probes === undefined ? 1 : probes.length
    if (names !== undefined && names.length !== count)
        throw new RangeError("DS2482: " + count + " probes, but " + names.length + " names")
    for (let i = 0; i < count; i++) {
        let name = count > 1 ? "probe" + (i + 1) + "_" : ""
        if (names !== undefined) name = names[i]
        channels.push(temperatureChannel(prefix + name, -5500, 12500))
    }
    return channels
}
