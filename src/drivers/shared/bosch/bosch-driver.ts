import { QUALITY_CRC, QUALITY_NOT_READY, QUALITY_TIMEOUT } from "../../../core/quality.js"
import { SensorError, wait } from "../driver.js"
import { RegisterDriver } from "../registers/register-driver.js"

const BOSCH_CHIP_ID = 0xd0
const BOSCH_RESET = 0xe0
const BOSCH_RESET_WORD = 0xb6

/** Drivers of Bosch's environmental sensors: chip id, reset and calibration data are alike. */
export abstract class BoschDriver extends RegisterDriver {
    /**
     * Makes sure of the part, then brings it into the state after power-up.
     *
     * @param id chip id
     * @param startMs longest time that it takes to start
     */
    protected async restart(id: number, startMs: number): Promise<void> {
        await this.expectId(BOSCH_CHIP_ID, id)
        await this.writeRegister(BOSCH_RESET, BOSCH_RESET_WORD)
        await wait(startMs)
    }

    protected override partWithId(id: number): string {
        if (id === 0x58) return ", a BMP280"
        if (id === 0x60) return ", a BME280"
        return id === 0x61 ? ", a BME680 or BME688" : ""
    }

    /**
     * Calibration data have no checksum, and one wrong bit in them would spoil every
     * reading, so they are read twice.
     *
     * @throws SensorError (wrong checksum) when the two differ
     */
    protected async readCalibration(register: number, length: number): Promise<Buffer> {
        const bytes = await this.readRegisters(register, length)
        const again = await this.readRegisters(register, length)
        for (let i = 0; i < length; i++) if (bytes[i] !== again[i]) throw this.calibrationError()
        return bytes
    }

    protected calibrationError(): SensorError {
        return new SensorError(QUALITY_CRC, this.part + ": its calibration data make no sense")
    }

    protected lostSupply(): SensorError {
        return new SensorError(QUALITY_NOT_READY, this.part + ": it lost power meanwhile")
    }

    protected neverReady(): SensorError {
        return new SensorError(QUALITY_TIMEOUT, this.part + ": its measurement does not end")
    }
}
