import { I2C } from "@devicescript/i2c"
import {
    QUALITY_NOT_READY,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
    QUALITY_TIMEOUT,
} from "../../core/quality.js"
import { currentChannel, powerChannel, voltageChannel } from "../shared/channels.js"
import { checkWhole } from "../shared/check-whole.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, signed16, wrongPart } from "../shared/registers/register-driver.js"
import { ina219Current, ina219Millivolts, ina219Power } from "./conversion.js"

// Datasheet "INA219", SBOS448G (December 2015)
const INA219_ADDRESS = 0x40 // table 1: A0 and A1 to GND; 16 in all
const INA219_CONFIG = 0x00 // 8.6.2.1
const INA219_SHUNT = 0x01 // 8.6.3.1: 10 µV
const INA219_BUS = 0x02 // 8.6.3.2
const INA219_CALIBRATION = 0x05 // 8.6.4
const INA219_RESET = 0x8000
const INA219_AFTER_RESET = 0x399f // 8.6.2.1
const INA219_READY = 0x0002 // 8.6.3.2: CNVR
const INA219_OVERFLOW = 0x0001 // 8.6.3.2: OVF
/** 32 V, ±320 mV, 128 averages of both, triggered once (8.6.2.1). */
const INA219_MEASURE = 0x3ffb
/** The same, powered down. */
const INA219_IDLE = 0x3ff8
/**
 * Current register = shunt register (8.5.1: equation 4). The part then never overflows, and its
 * being there tells that the part has not lost power.
 */
const INA219_CALIBRATED = 0x1000
const INA219_MEASURE_MS = 151 // table 5: 2 × 68.1 ms; 6.5: 586 instead of 532 µs at most, so 150.03 ms
const INA219_RESET_MS = 1
const INA219_POLLS = 3
const INA219_MAX_STEPS = 32000 // 8.6.3.1: ±320 mV
const INA219_MAX_MILLIVOLTS = 32000 // 8.6.3.2: end of the scale; the pins take 26 V

const DEFAULT_SHUNT = 100000

/** Options of {@link INA219}. */
export interface INA219Options extends DriverOptions {
    /** Shunt resistor, µΩ, 100 … 10,000,000; default 100,000 (0.1 Ω, as on most breakouts). */
    shuntMicroohms?: number
}

/**
 * Bus voltage (1 mV), current (10 µA) and power (1 mW) of a DC supply, with their signs.
 *
 * @devsPart Texas Instruments INA219
 * @devsServices dcVoltageMeasurement, dcCurrentMeasurement
 * @see {@link https://www.ti.com/product/INA219 | Datasheet}
 */
export class INA219 extends RegisterDriver {
    private readonly shunt: number

    /** @throws RangeError for a shunt out of range */
    constructor(bus: I2C, options?: INA219Options) {
        const shunt = options?.shuntMicroohms ?? DEFAULT_SHUNT
        checkWhole("INA219: shuntMicroohms", shunt, 100, 10000000)
        const max = ina219Current(INA219_MAX_STEPS, shunt)
        super("Texas Instruments INA219", bus, options?.address ?? INA219_ADDRESS, [
            voltageChannel(options?.prefix, 1000, 0, INA219_MAX_MILLIVOLTS),
            currentChannel(options?.prefix, max),
            powerChannel(options?.prefix, ina219Power(INA219_MAX_MILLIVOLTS, max)),
        ])
        this.shunt = shunt
    }

    /**
     * The part has no identity. What it does have is a configuration that is 0x399F after a reset
     * and a calibration whose lowest bit cannot be written.
     */
    protected override async setup(): Promise<void> {
        if (!(await this.isInaLike()) && !(await this.isInaLike())) throw wrongPart(this.part)
        await this.writeWord(INA219_CALIBRATION, INA219_CALIBRATED)
        await this.writeWord(INA219_CONFIG, INA219_IDLE)
    }

    protected override async measure(): Promise<void> {
        await this.writeWord(INA219_CONFIG, INA219_MEASURE)
        await wait(INA219_MEASURE_MS)
        let bus = await this.readWord(INA219_BUS)
        for (let polls = 0; (bus & INA219_READY) === 0; polls++) {
            if (polls >= INA219_POLLS)
                throw new SensorError(QUALITY_TIMEOUT, this.part + ": the measurement does not end")
            await wait(1)
            bus = await this.readWord(INA219_BUS)
        }
        if ((bus & INA219_OVERFLOW) !== 0)
            throw new SensorError(QUALITY_OUT_OF_RANGE, this.part + ": its arithmetic overflowed")
        const steps = signed16(await this.readDrivenWord(INA219_SHUNT))
        if (
            (await this.readWord(INA219_CONFIG)) !== INA219_MEASURE ||
            (await this.readWord(INA219_CALIBRATION)) !== INA219_CALIBRATED
        )
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost its configuration")
        await this.writeWord(INA219_CONFIG, INA219_IDLE)
        const millivolts = ina219Millivolts(bus)
        const current = ina219Current(steps, this.shunt)
        this.put(0, millivolts)
        this.put(1, current)
        this.put(2, ina219Power(millivolts, current))
        const isShuntFull = Math.abs(steps) >= INA219_MAX_STEPS
        const isBusFull = millivolts >= INA219_MAX_MILLIVOLTS
        if (isBusFull) this.qualities[0] = QUALITY_SATURATED
        if (isShuntFull) this.qualities[1] = QUALITY_SATURATED
        if (isBusFull || isShuntFull) this.qualities[2] = QUALITY_SATURATED
    }

    protected override async idle(): Promise<void> {
        await this.writeWord(INA219_CONFIG, INA219_IDLE)
    }

    private async isInaLike(): Promise<boolean> {
        await this.writeWord(INA219_CONFIG, INA219_RESET)
        await wait(INA219_RESET_MS)
        if ((await this.readWord(INA219_CONFIG)) !== INA219_AFTER_RESET) return false
        await this.writeWord(INA219_CALIBRATION, 0xffff)
        return (await this.readWord(INA219_CALIBRATION)) === 0xfffe
    }
}
