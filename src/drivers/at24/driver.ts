import { I2C } from "@devicescript/i2c"
import { StoreError } from "../../core/byte-store.js"
import { I2CMemory, MemoryOptions } from "../shared/memory/driver.js"
import { pause, sleep } from "../../scheduler/scheduler.js"

// Datasheet "24AA256/24LC256/24FC256", DS20001203, revision V (2018)
const AT24_ADDRESS = 0x50 // section 5.0: 1010 A2 A1 A0
const AT24_BYTES = 32768 // page 1
const AT24_PAGE_BYTES = 64 // section 6.2
const AT24_WRITE_MS = 5 // table 1-2: write cycle, byte or page, at most
/** Looks at the part after the longest write cycle, 1 ms or more apart, before it counts as stuck. */
const AT24_POLLS = 8

/**
 * 32 KB of EEPROM. A page endures 1,000,000 write cycles (page 1, at 25 °C), however
 * few of its bytes are written.
 *
 * @devsPart Microchip 24LC256
 * @see {@link https://www.microchip.com/en-us/product/24lc256 | Datasheet}
 */
export class AT24C256 extends I2CMemory {
    constructor(bus: I2C, options?: MemoryOptions) {
        super(
            "Microchip 24LC256",
            bus,
            options?.address ?? AT24_ADDRESS,
            AT24_BYTES,
            AT24_PAGE_BYTES,
            AT24_PAGE_BYTES
        )
    }

    /** The part does not acknowledge anything until its write cycle is over (section 7.0). */
    protected override async settle(): Promise<void> {
        await sleep(AT24_WRITE_MS)
        for (let poll = 0; poll < AT24_POLLS; poll++) {
            if (await this.answers()) return
            await pause()
        }
        throw new StoreError(this.name + ": its write cycle does not end")
    }
}
