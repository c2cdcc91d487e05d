import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Channel } from "../../../core/channel.js"
import { QUALITY_NOT_READY, QUALITY_OK, QUALITY_UNCALIBRATED } from "../../../core/quality.js"
import { wait } from "../driver.js"
import { wrongPart } from "../registers/register-driver.js"
import { PeriodicDriver } from "./periodic.js"

// Commands that SPS30 ("SPS30", version 2.0, June 2023) and SEN5x ("SEN5x", version 2,
// March 2022) have in common.
const PM_STOP = 0x0104
const PM_DATA_READY = 0x0202
const PM_CLEAN_FAN = 0x5607
const PM_SERIAL = 0xd033
const PM_SERIAL_WORDS = 16
const PM_VERSION = 0xd100
const PM_STATUS = 0xd206
const PM_CLEAR_STATUS = 0xd210
const PM_STATUS_FAN = 0x10
const PM_STATUS_LASER = 0x20
const PM_STATUS_SPEED = 0x200000
// What is sent before it is known which part is there waits for the slower one, the SEN5x.
const PM_STOP_MS = 200
const PM_VERSION_MS = 20
const PM_POWER_UP_MS = 100 // SEN5x: 50 ms (table 8); of the SPS30 not stated: that of a reset
/** Fan cleaning takes 10 s, in which there is nothing new; a measurement comes each second. */
const PM_LONGEST_SILENCE_MS = 12000
/** Start-up time in clean air, 50 to 100 particles per cm³. */
const PM_WARM_UP_MS = 30000

/** Drivers of parts that count particles in a stream of air from a fan. */
export abstract class ParticleDriver extends PeriodicDriver {
    private wantsCleanFan = false
    /** Time of the first sample without data after one with data, ms since boot; −1: the last one had data. */
    private missingSince = -1

    /**
     * @param commandMs longest time of the commands that both parts have
     */
    constructor(
        part: string,
        bus: I2C,
        address: number,
        channels: Channel[],
        private readonly commandMs: number
    ) {
        super(part, bus, address, channels, PM_LONGEST_SILENCE_MS)
    }

    /**
     * Blows the dust out of the fan at the next sample; there are no readings for 10 s then.
     * The part does it once a week of measuring by itself.
     */
    cleanFan(): void {
        this.wantsCleanFan = true
    }

    protected override async prepare(): Promise<void> {
        if (!this.wantsCleanFan) return
        await this.command(PM_CLEAN_FAN)
        await wait(this.commandMs)
        this.wantsCleanFan = false
    }

    protected override async hasData(): Promise<boolean> {
        return (await this.ask(PM_DATA_READY, this.commandMs, 1)) !== 0
    }

    /** Ends measuring. A part that does not measure may refuse that. */
    protected async tryStop(): Promise<void> {
        try {
            await this.command(PM_STOP)
        } catch {
            // Whether the part is there at all shows at the next command.
        }
        await wait(PM_STOP_MS)
    }

    /** It may clean its fan at any moment: only a silence that was watched tells something. */
    protected override hasStopped(): boolean {
        const now = ds.millis()
        if (this.missingSince < 0) this.missingSince = now
        return now - this.missingSince > PM_LONGEST_SILENCE_MS
    }

    /** Before a start: leaves the part its time after power-up. */
    protected async untilPowered(): Promise<void> {
        this.missingSince = -1
        const left = PM_POWER_UP_MS - ds.millis()
        if (left > 0) await wait(left)
    }

    /**
     * The version's first word: major and minor of the firmware. Both parts answer it,
     * so a part that does, but not to its name, is the other one.
     */
    protected async readVersion(): Promise<number> {
        await this.identify(Buffer.from([PM_VERSION >> 8, PM_VERSION & 0xff]), PM_VERSION_MS, 1)
        return this.words[0]
    }

    /**
     * What the part calls itself. Asks twice before it blames the part.
     * @throws SensorError (wrong part) when it does not know the command
     */
    protected async readName(code: number, executionMs: number, count: number): Promise<string> {
        for (let attempt = 0; attempt < 2; attempt++) {
            try {
                await this.ask(code, executionMs, count)
                return this.wordsAsText(count)
            } catch {
                continue
            }
        }
        throw wrongPart(this.part)
    }

    protected async readSerial(executionMs: number): Promise<void> {
        await this.ask(PM_SERIAL, executionMs, PM_SERIAL_WORDS)
        this.identity = "serial " + this.wordsAsText(PM_SERIAL_WORDS)
    }

    /** What the part says of itself since the last time, bits as in the datasheet; 0: all is well. */
    protected async readStatus(): Promise<number> {
        await this.ask(PM_STATUS, this.commandMs, 2)
        const status = (this.words[0] << 16) | this.words[1]
        if (status !== 0) {
            await this.command(PM_CLEAR_STATUS)
            await wait(this.commandMs)
        }
        return status
    }

    /** Says what readings of particles, the first channels, are worth. */
    protected judgeParticles(status: number, count: number): void {
        this.missingSince = -1
        this.settle(PM_WARM_UP_MS, 0, count)
        let quality = QUALITY_OK
        if ((status & PM_STATUS_SPEED) !== 0) {
            quality = QUALITY_UNCALIBRATED
            this.report("its fan is too fast or too slow")
        }
        if ((status & PM_STATUS_LASER) !== 0) {
            quality = QUALITY_NOT_READY
            this.report("its laser has failed")
        }
        if ((status & PM_STATUS_FAN) !== 0) {
            quality = QUALITY_NOT_READY
            this.report("its fan is blocked or broken")
        }
        this.degrade(quality, 0, count)
    }

    /** The part says that something is wrong with itself. */
    protected report(what: string): void {
        this.errors++
        this.lastError = this.part + ": " + what
    }
}
