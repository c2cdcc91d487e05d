import { I2C } from "@devicescript/i2c"
import { I2CMemory, MemoryOptions } from "../shared/memory/driver.js"

// Datasheets "MB85RC256V", DS501-00017-3v0-E (February 2013), and "MB85RC64TA",
// DS501-00044-2v0-E (October 2016)
const MB85RC_ADDRESS = 0x50 // page 6: 1010 A2 A1 A0
const MB85RC256V_BYTES = 32768 // page 1
const MB85RC64_BYTES = 8192 // page 1
const MB85RC_TEST_BYTES = 8

/**
 * FRAM: every byte is stored as it is clocked in (page 8), without a pause after it.
 * Its device id (page 10) is at the reserved address 0x7C, which the Pico's SDK
 * does not promise to allow and MB85RC64 without "TA" does not have: the part is
 * told by its size.
 */
abstract class MB85RC extends I2CMemory {
    protected override async settle(): Promise<void> {}
}

/**
 * 32 KB of FRAM.
 *
 * @devsPart Fujitsu MB85RC256V
 * @see {@link https://www.fujitsu.com/jp/group/fsm/en/products/feram/ | Datasheet}
 */
export class MB85RC256V extends MB85RC {
    constructor(bus: I2C, options?: MemoryOptions) {
        super(
            "Fujitsu MB85RC256V",
            bus,
            options?.address ?? MB85RC_ADDRESS,
            MB85RC256V_BYTES,
            0,
            MB85RC_TEST_BYTES
        )
    }
}

/**
 * 8 KB of FRAM.
 *
 * @devsPart Fujitsu MB85RC64
 * @see {@link https://www.fujitsu.com/jp/group/fsm/en/products/feram/ | Datasheet}
 */
export class MB85RC64 extends MB85RC {
    constructor(bus: I2C, options?: MemoryOptions) {
        super(
            "Fujitsu MB85RC64",
            bus,
            options?.address ?? MB85RC_ADDRESS,
            MB85RC64_BYTES,
            0,
            MB85RC_TEST_BYTES
        )
    }
}
