import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { QUALITY_NOT_READY, QUALITY_WARMING_UP } from "../../core/quality.js"
import { batteryLevelChannel, chargeRateChannel, voltageChannel } from "../shared/channels.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, signed16 } from "../shared/registers/register-driver.js"
import { max17048Level, max17048Millivolts, max17048Rate } from "./conversion.js"

// Datasheet "MAX17048/MAX17049", 19-6171 revision 7 (November 2016): table 2 (registers) and the sections on each
const MAX17048_ADDRESS = 0x36
const MAX17048_VCELL = 0x02
const MAX17048_SOC = 0x04
const MAX17048_MODE = 0x06
const MAX17048_VERSION = 0x08 // 0x001_
const MAX17048_FAMILY = 0x0010
const MAX17048_FAMILY_MASK = 0xfff0
const MAX17048_HIBRT = 0x0a // thresholds of hibernation: HibThr, ActThr; 0x8030 after power-up
const MAX17048_CONFIG = 0x0c
const MAX17048_USUAL_CONFIG = 0x971c // after power-up: compensation for 20 °C, awake, no alert
const MAX17048_SLEEP = 0x0080 // CONFIG: asleep, if MODE allows it
const MAX17048_CRATE = 0x16
const MAX17048_STATUS = 0x1a
const MAX17048_RESET_INDICATOR = 0x0100 // STATUS: RI
const MAX17048_QUICK_START = 0x4000 // MODE
const MAX17048_NEVER_SLEEP = 0 // MODE: without EnSleep
/**
 * HIBRT: hibernates below 0 %/h (high byte), so never: its readings would be up to 45 s old. The
 * low byte, when it ends hibernating, is what it is after power-up: a word that neither power-up
 * nor a bus that nobody drives gives, so it also tells that the part is still ours.
 */
const MAX17048_NEVER_HIBERNATE = 0x0030
/** After power-up, to the first state of charge: "approximately 1 s" (SOC register), and some. */
const MAX17048_START_MS = 1250
/** How long the first guess after power-up is not to be trusted: our choice, the datasheet names no time. */
const MAX17048_SETTLE_MS = 3600000
const MAX17048_MAX_MILLIVOLTS = 5120
const MAX17048_MAX_RATE = 681574

/**
 * Battery of one lithium cell: voltage (1 mV), state of charge (0.1 %) and how fast it changes
 * (0.01 % per hour).
 *
 * @devsPart Analog Devices (Maxim) MAX17048
 * @devsServices battery
 * @see {@link https://www.analog.com/en/products/max17048.html | Datasheet}
 */
export class MAX17048 extends RegisterDriver {
    /** The part has had no time yet to correct its first guess. */
    private isSettling = false
    private settlingSince = 0

    constructor(bus: I2C, options?: DriverOptions) {
        super("Maxim MAX17048", bus, options?.address ?? MAX17048_ADDRESS, [
            voltageChannel((options?.prefix ?? "") + "battery_", 1000, 0, MAX17048_MAX_MILLIVOLTS),
            batteryLevelChannel(options?.prefix),
            chargeRateChannel(options?.prefix, MAX17048_MAX_RATE),
        ])
    }

    /**
     * Makes the part guess the state of charge anew from the voltage. Only right while the cell
     * has rested for a good while, without load and charger; otherwise it makes the level wrong
     * for hours. The part does this by itself when it gets power.
     */
    async quickStart(): Promise<void> {
        await this.writeWord(MAX17048_MODE, MAX17048_QUICK_START)
        this.isSettling = true
        this.settlingSince = ds.millis()
        await wait(MAX17048_START_MS)
    }

    /**
     * The reset indicator stays set while the part settles, so that a reset of the board
     * does not make it look settled. Other firmware may have put the part to sleep: its
     * registers stay what they were then, and what the cell gave meanwhile it does not know.
     */
    protected override async setup(): Promise<void> {
        await this.expectWordId(MAX17048_VERSION, MAX17048_FAMILY, MAX17048_FAMILY_MASK)
        const wasReset =
            ((await this.readDrivenWord(MAX17048_STATUS)) & MAX17048_RESET_INDICATOR) !== 0
        const isAwake = ((await this.readDrivenWord(MAX17048_CONFIG)) & MAX17048_SLEEP) === 0
        const isOurs = isAwake && (await this.readWord(MAX17048_HIBRT)) === MAX17048_NEVER_HIBERNATE
        if (!isAwake || (wasReset && (!this.isSettling || !isOurs))) {
            this.isSettling = true
            this.settlingSince = ds.millis()
        }
        if (isOurs) return
        await this.writeWord(MAX17048_MODE, MAX17048_NEVER_SLEEP)
        await this.writeWord(MAX17048_CONFIG, MAX17048_USUAL_CONFIG)
        await this.writeWord(MAX17048_HIBRT, MAX17048_NEVER_HIBERNATE)
        await wait(MAX17048_START_MS)
    }

    /** The part measures by itself, 4 times a second, and has no flag for that. */
    protected override async measure(): Promise<void> {
        const cell = await this.readDrivenWord(MAX17048_VCELL)
        const charge = await this.readDrivenWord(MAX17048_SOC)
        const rate = signed16(await this.readDrivenWord(MAX17048_CRATE))
        if ((await this.readWord(MAX17048_HIBRT)) !== MAX17048_NEVER_HIBERNATE)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost power")
        this.put(0, max17048Millivolts(cell))
        this.put(1, max17048Level(charge))
        this.put(2, max17048Rate(rate))
        if (!this.isSettling) return
        this.qualities[1] = QUALITY_WARMING_UP
        this.qualities[2] = QUALITY_WARMING_UP
        if (ds.millis() - this.settlingSince >= MAX17048_SETTLE_MS) await this.endSettling()
    }

    private async endSettling(): Promise<void> {
        const status = await this.readDrivenWord(MAX17048_STATUS)
        await this.writeWord(MAX17048_STATUS, status & ~MAX17048_RESET_INDICATOR)
        this.isSettling = false
    }
}
