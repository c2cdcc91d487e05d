import * as ds from "@devicescript/core"
import { I2C, I2CError, i2c } from "@devicescript/i2c"
import { pause, sleep, suspend } from "../scheduler/scheduler.js"

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
    return i2c
}

/** I2C through a Jacdac device that offers the I2C service. */
class BridgedI2C extends I2C {
    private readonly role = new ds.I2C("i2c")
    private waiting: ds.Fiber = undefined
    /** Transactions get the bus in the order in which they asked: none is starved by a busy fiber. */
    private nextTicket = 0
    private served = 0

    constructor() {
        super()
        const self = this
        // Serialising transactions keeps at most one report under way, so the
        // emitter can not merge two of them.
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
