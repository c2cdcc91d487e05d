/**
 * What is beside the virtual machine on a node's Jacdac bus: the bus of its sensors, services
 * of its board, parts on its pins. They have their power from the node.
 */
import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { type Board } from "../board/board.js"
import { type I2cBus } from "../bus/i2c-bus.js"
import { I2cService } from "../bus/i2c-service.js"
import { ANNOUNCE_INTERVAL_MS, JacdacDevice, type JacdacService } from "../jacdac/device.js"
import { ServiceModule } from "../jacdac/service-module.js"

/** Its index on a board: it is the first one there. */
const WIFI_SERVICE = 1

/** What peripherals ask of their node. */
export interface PeripheralHost {
    /** Unix time, ms. */
    now(): number
    /** Does something in N µs, unless the node is switched off before. */
    after(us: number, action: () => void): void
    /** Hands the VM a frame. */
    send(frame: Uint8Array): void
}

export interface PeripheralOptions {
    readonly services?: readonly JacdacService[]
    readonly pins?: readonly ServiceModel[]
}

export class Peripherals {
    private readonly device: JacdacDevice
    private readonly hasServices: boolean
    /** Each service of a pin is a device of its own, in the order in which roles look for one. */
    private readonly modules: readonly ServiceModule[]

    /** @param nodeId device id of the node, 16 hex digits */
    constructor(
        nodeId: string,
        bus: I2cBus,
        private readonly board: Board | undefined,
        { services = [], pins = [] }: PeripheralOptions,
        private readonly host: PeripheralHost
    ) {
        const own: JacdacService[] = []
        if (board === undefined)
            own.push(
                new I2cService(
                    bus,
                    () => host.now(),
                    (us, action) => host.after(us, action)
                )
            )
        else if (board.offersWifi) own.push(board.wifi)
        this.hasServices = own.length + services.length > 0
        this.device = new JacdacDevice(busId(nodeId), [...own, ...services], frame =>
            host.send(frame)
        )
        const moduleHost = {
            now: () => host.now(),
            send: (frame: Uint8Array) => host.after(0, () => host.send(frame)),
            after: (ms: number, action: () => void) => host.after(ms * 1000, action),
        }
        this.modules = pins.map(
            (model, i) => new ServiceModule(pinId(nodeId, i), model, moduleHost)
        )
    }

    /** They say what they are, from N µs on. */
    start(us: number): void {
        const announce = () => {
            this.device.announce()
            this.host.after(ANNOUNCE_INTERVAL_MS * 1000, announce)
        }
        if (this.hasServices) this.host.after(us, announce)
        for (const module of this.modules) this.host.after(us, () => module.run())
    }

    /** A frame that the node sent. */
    receive(frame: Uint8Array): void {
        this.device.receive(frame)
        for (const module of this.modules) module.receive(frame)
    }

    /** The board's radio tells something. */
    wifiEvent(code: number, data: Uint8Array): void {
        if (this.board?.offersWifi !== true) return
        const frame = this.device.eventFrame(WIFI_SERVICE, code, data)
        this.host.after(0, () => this.host.send(frame))
    }
}

/** Another one than the node's, and always the same. */
function busId(nodeId: string): string {
    const id = Buffer.from(nodeId, "hex")
    id[7] = id[7] ^ 0xa5
    return id.toString("hex")
}

function pinId(nodeId: string, index: number): string {
    const id = Buffer.from(nodeId, "hex")
    id[6] = id[6] ^ 0xa5
    id[7] = index
    return id.toString("hex")
}
