import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { ANNOUNCE_INTERVAL_MS, JacdacDevice } from "./device.js"

/** The one service of a module. */
const SERVICE = 1
/** Events are sent again after these times, ms (jacdac-docs "Reliable events"). */
const REPEAT_MS = [20, 100]

/** What a module needs of the node that it is on. */
export interface ModuleHost {
    /** Unix ms. */
    now(): number
    /** Puts a frame on the node's bus. */
    send(frame: Uint8Array): void
    /** Runs something later, unless the node is switched off meanwhile. */
    after(ms: number, action: () => void): void
}

/** A model of a service as a Jacdac device of its own, so that it can come and go. */
export class ServiceModule {
    private readonly device: JacdacDevice
    private starts: number
    private isGone = false

    /** @param deviceId 16 hex digits */
    constructor(
        deviceId: string,
        private readonly model: ServiceModel,
        private readonly host: ModuleHost
    ) {
        const service = {
            serviceClass: model.serviceClass,
            handle: (command: number, data: Uint8Array) => model.handle(command, data),
        }
        this.device = new JacdacDevice(deviceId, [service], frame => host.send(frame))
        model.connect({
            now: () => host.now(),
            report: (command, data) => this.device.report(SERVICE, command, data),
            event: (code, data) => this.sendEvent(code, data),
            after: (ms, action) => host.after(ms, action),
        })
        this.starts = model.starts
    }

    /** A frame seen on the bus. */
    receive(frame: Uint8Array): void {
        if (!this.isGone) this.device.receive(frame)
    }

    /** Announces itself from now on, as long as it has its supply. */
    run(): void {
        const { unplugged } = this.model.faults
        if (this.isGone && !unplugged) this.model.restart()
        this.isGone = unplugged
        if (this.model.starts !== this.starts) {
            this.starts = this.model.starts
            this.device.restart()
        }
        if (!unplugged) this.device.announce()
        this.host.after(ANNOUNCE_INTERVAL_MS, () => this.run())
    }

    private sendEvent(code: number, data: Uint8Array): void {
        const frame = this.device.eventFrame(SERVICE, code, data)
        this.host.send(frame)
        for (const ms of REPEAT_MS)
            this.host.after(ms, () => {
                if (!this.model.faults.unplugged) this.host.send(frame)
            })
    }
}
