import * as ds from "@devicescript/core"
import { Channel } from "../../../core/channel.js"
import { QUALITY_ABSENT, QUALITY_TIMEOUT, QUALITY_WRONG_PART } from "../../../core/quality.js"
import { SensorDriver, SensorError } from "../driver.js"
import { sleep, suspend } from "../../../scheduler/scheduler.js"

/** Command that asks a service for its reading (jacdac-c, inc/jd_service_classes.h). */
const GET_READING = 0x1101

/** After power-up services are found within this time: two announcements, one look at them. */
const BOOT_MS = 5000
const BIND_MS = 2500
const BIND_POLL_MS = 50
/** A service on the board answers within two turns of its loop; the VM sends within 100 ms. */
const REPLY_MS = 250
/** Packets can get lost on a bus with other modules. */
const TRIES = 3

/** Options of drivers that use a service. */
export interface ServiceOptions {
    /** Put before each channel name, to tell two equal parts apart: "north_". */
    prefix?: string
}

/**
 * Base of drivers for parts on a pin. The board's firmware samples the pin and offers
 * what it finds as a service; the driver asks the service. On a board the role comes
 * from start…() of @devicescript/servers, in the simulator a model offers the service:
 * the driver sees no difference.
 */
export abstract class ServiceDriver extends SensorDriver {
    /** The service. */
    readonly role: ds.Role
    private isStarted = false
    private waiting: ds.Fiber = undefined

    /**
     * @param part what is on the pin
     * @param role the service; one driver only may use it
     * @param channels what it measures
     */
    constructor(part: string, role: ds.Role, channels: Channel[]) {
        super(part, undefined, 0, channels)
        const self = this
        this.role = role
        // The service came or went: it has begun anew.
        role.binding().subscribe(async () => {
            self.isStarted = false
        })
        role.report().subscribe(async packet => {
            if (packet.serviceCommand === GET_READING) self.take(packet.payload)
        })
    }

    /** Makes ready for {@link measure}. @throws SensorError when there is no such service */
    protected override async setup(): Promise<void> {
        let waited = 0
        while (!this.role.isBound) {
            if (waited >= BIND_MS || ds.millis() > BOOT_MS) throw this.absent()
            await sleep(BIND_POLL_MS)
            waited += BIND_POLL_MS
        }
        if (this.isStarted) return
        this.isStarted = true
        await this.begin()
    }

    protected override async measure(): Promise<void> {
        await this.setup()
        await this.collect()
    }

    /** The service has begun anew; it measures only from the first request on. */
    protected async begin(): Promise<void> {}

    /** Asks for the reading and fills the values. */
    protected abstract collect(): Promise<void>

    /**
     * Asks the service for its reading; never one that the runtime remembers, as
     * `reading.read()` gives for 500 ms.
     * @param length bytes that the reading has
     * @throws SensorError when nothing comes, or something else
     */
    protected async ask(length: number): Promise<Buffer> {
        for (let i = 0; i < TRIES; i++) {
            if (!this.role.isBound) throw this.absent()
            this.waiting = ds.Fiber.self()
            const sender = request.start(this.role)
            const payload = await suspend<Buffer>(REPLY_MS)
            this.waiting = undefined
            if (payload === undefined) {
                stop(sender)
                continue
            }
            if (payload.length !== length)
                throw new SensorError(
                    QUALITY_WRONG_PART,
                    this.part + ": reading of " + payload.length + " B instead of " + length + " B"
                )
            return payload
        }
        throw new SensorError(QUALITY_TIMEOUT, this.part + ": its service does not answer")
    }

    private take(payload: Buffer): void {
        const fiber = this.waiting
        this.waiting = undefined
        if (fiber !== undefined) fiber.resume(payload)
    }

    private absent(): SensorError {
        return new SensorError(
            QUALITY_ABSENT,
            this.part + ": no service for it; it was not started, or its module is unplugged"
        )
    }
}

/** In a fiber of its own: without a service it would wait forever. */
async function request(role: ds.Role): Promise<void> {
    await role.sendCommand(GET_READING)
}

function stop(fiber: ds.Fiber): void {
    try {
        fiber.terminate()
    } catch {
        // It has ended by itself.
    }
}
