import * as ds from "@devicescript/core"
import { I2C, I2CError, i2c } from "@devicescript/i2c"
import { QUALITY_TIMEOUT } from "../core/quality.js"
import { SensorError } from "../drivers/shared/driver.js"
import { pause, sleep, spend, suspend } from "../scheduler/scheduler.js"

/** Longest time for the bridge to show up after boot, ms. */
const BRIDGE_BOOT_MS = 3000
/** Longest time for one transaction over the bridge, ms. */
const BRIDGE_REPLY_MS = 500
const BRIDGE_TIMEOUT = -3 as ds.I2CStatus

/**
 * The I2C bus of the board this program runs on: the native one, or, in the
 * simulator, which has none, Jacdac's I2C service. This is the only place
 * that makes a difference between the two.
 */
export function openBus(): I2C {
    if (ds.isSimulator()) return new BridgedI2C()
    return new BoardI2C()
}

/** Opcodes in whose time a byte passes at 100 kHz, and what a transfer takes beside. */
const BYTE_OPCODES = 27
const TRANSFER_OPCODES = 350
/** A refused transfer is over at once; one on a bus that does not move takes 1 s on an ESP32. */
const STUCK_MS = 800
/** This many of these in a row, and the bus counts as stuck. */
const STUCK_TRANSFERS = 2
/** A stuck bus is tried so often, ms: each time the board stands still for a second. */
const PROBE_MS = 10000

/**
 * The board's own bus, where a transfer stops the whole program. Many in a row are
 * interrupted, so that the board's main loop has its turn: also after each that fails,
 * for five seconds without are a reset by an ESP32's watchdog. The bus of a Pico has no
 * time limit: nothing can be done there about one that is stuck.
 */
class BoardI2C extends I2C {
    private timeouts = 0
    private triedAt = 0

    override async xfer(devAddr: number, writeBuf: Buffer, numRead?: number): Promise<Buffer> {
        if (this.timeouts >= STUCK_TRANSFERS && ds.millis() - this.triedAt < PROBE_MS)
            throw stuckError()
        await spend(TRANSFER_OPCODES + BYTE_OPCODES * (writeBuf.length + (numRead ?? 0)))
        const begin = ds.millis()
        try {
            const bytes = await i2c.xfer(devAddr, writeBuf, numRead)
            this.timeouts = 0
            return bytes
        } catch (e) {
            await pause()
            this.triedAt = ds.millis()
            if (this.triedAt - begin < STUCK_MS) this.timeouts = 0
            else this.timeouts++
            if (this.timeouts < STUCK_TRANSFERS) throw e
            if (this.timeouts === STUCK_TRANSFERS) console.warn(STUCK)
            throw stuckError()
        }
    }
}

const STUCK = "I2C bus stuck: a part or a wire holds it; take the supply away from all for 10 s"

/** Another gap than that of a part which is not there. */
function stuckError(): SensorError {
    return new SensorError(QUALITY_TIMEOUT, STUCK)
}

/** I2C through a Jacdac device that offers the I2C service. */
class BridgedI2C extends I2C {
    private readonly role = new ds.I2C("i2c")
    private waiting: ds.Fiber
    /** Transactions get the bus in the order in which they asked: none is starved by a busy fiber. */
    private nextTicket = 0
    private served = 0

    constructor() {
        super()
        const self = this
        // Serialising transactions keeps at most one report in flight, so the
        // emitter cannot merge two of them.
        this.role.report().subscribe(async packet => {
            const fiber = self.waiting
            self.waiting = undefined
            if (fiber !== undefined) fiber.resume(packet)
        })
    }

    override async xfer(devAddr: number, writeBuf: Buffer, numRead?: number): Promise<Buffer> {
        const ticket = this.nextTicket
        this.nextTicket = ticket + 1
        while (ticket !== this.served) await pause()
        try {
            await this.waitForBridge()
            return await this.transaction(devAddr, writeBuf, numRead ?? 0)
        } finally {
            this.served = ticket + 1
        }
    }

    private async transaction(devAddr: number, writeBuf: Buffer, numRead: number): Promise<Buffer> {
        this.waiting = ds.Fiber.self()
        await this.role.transaction(devAddr, numRead, writeBuf)
        const packet = await suspend<ds.Packet>(BRIDGE_REPLY_MS)
        this.waiting = undefined
        if (packet === undefined)
            throw new I2CError("no answer from the I2C bridge", BRIDGE_TIMEOUT)
        const reply = packet.decode() as unknown[]
        const status = reply[0] as number
        if (status !== 0)
            throw new I2CError("I2C error " + status + " at address " + devAddr, status)
        return reply[1] as Buffer
    }

    private async waitForBridge(): Promise<void> {
        let waited = 0
        while (!this.role.isBound) {
            if (waited >= BRIDGE_BOOT_MS) throw new I2CError("no I2C bridge", BRIDGE_TIMEOUT)
            await sleep(50)
            waited += 50
        }
    }
}
