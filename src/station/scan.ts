import { I2C } from "@devicescript/i2c"
import { pause } from "../scheduler/scheduler.js"

/** Addresses that parts can have; the others are reserved (UM10204, section 3.1.12). */
const FIRST_ADDRESS = 0x08
const LAST_ADDRESS = 0x77
/** Parts of Sensirion that take commands of one byte refuse all but those they know: serial number. */
const ONE_BYTE_COMMANDS_FIRST = 0x44
const ONE_BYTE_COMMANDS_LAST = 0x46
const READ_SERIAL = 0x89

/**
 * Finds out at which addresses something answers. A part counts as there when it
 * gives a byte or takes one: register 0, or the first half of a command, neither of
 * which changes anything. An empty write, which would be the gentlest question, never
 * reaches the bus on RP2040.
 *
 * On a Pico whose bus is held low by a part this never returns: its I2C has no time limit.
 *
 * @returns 7-bit addresses, lowest first
 */
export async function scanBus(bus: I2C): Promise<number[]> {
    const found: number[] = []
    for (let address = FIRST_ADDRESS; address <= LAST_ADDRESS; address++) {
        if (
            (await answers(bus, address, NOTHING, 1)) ||
            (await answers(bus, address, REGISTER_0, 0)) ||
            (await answersOneByteCommand(bus, address))
        )
            found.push(address)
        // Transfers do not suspend the fiber on a board.
        await pause()
    }
    return found
}

const NOTHING = Buffer.alloc(0)
const REGISTER_0 = Buffer.alloc(1)

async function answersOneByteCommand(bus: I2C, address: number): Promise<boolean> {
    if (address < ONE_BYTE_COMMANDS_FIRST || address > ONE_BYTE_COMMANDS_LAST) return false
    return await answers(bus, address, Buffer.from([READ_SERIAL]), 0)
}

async function answers(bus: I2C, address: number, write: Buffer, length: number): Promise<boolean> {
    try {
        await bus.xfer(address, write, length)
        return true
    } catch {
        return false
    }
}
