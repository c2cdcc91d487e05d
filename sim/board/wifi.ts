/**
 * The Wi-Fi station of a board and its Jacdac service (devicescript/network/wifi.c,
 * devicescript-esp32 main/wifi_impl.c, devicescript-pico src/wifi_impl.c). Times are
 * estimates; what happens and what does not is read in the sources.
 */
import { type JacdacService } from "../jacdac/device.js"
import { type AccessPoint } from "../net/air.js"
import { type RuntimeFamily } from "./profile.js"

/** Jacdac service class "Wi-Fi" (jacdac-spec services/wifi.md). */
export const SRV_WIFI = 0x18aae1fa

const FIRST_SCAN_US = 2_048_000
const RESCAN_US = 10_240_000
const SCAN_US = 2_400_000
const JOIN_US = 1_200_000
const ADDRESS_US = 900_000
/** Without the network, or with a wrong password, a join fails after that. */
const JOIN_FAILS_US = 2_500_000
/** An access point that is silent so long is gone. */
const BEACONS_LOST_US = 6_000_000
/** The driver's field for a name has 32 B, the last one is 0 (wifi_impl.c, strlcpy). */
const MOST_SSID_BYTES = 31

const COMMAND = {
    addNetwork: 0x81,
    reconnect: 0x82,
    forgetNetwork: 0x83,
    forgetAll: 0x84,
    scan: 0x86,
} as const
const EVENT = { gotIp: 0x01, lostIp: 0x02, scanComplete: 0x80, networksChanged: 0x81 } as const
const GET = 0x1000
const SET = 0x2000
const REGISTER = { enabled: 0x001, rssi: 0x101, address: 0x181, mac: 0x182, ssid: 0x183 } as const
const NO_SIGNAL = 128
const ADDRESS = Uint8Array.of(192, 168, 4, 23)

export interface Credentials {
    readonly ssid: string
    readonly password: string
}

export interface WifiOwner {
    /** Runs something after N µs, unless the board was switched off or reset meanwhile. */
    after(us: number, action: () => void): void
    /** What the radio hears, in the order of a scan. */
    readonly air: readonly AccessPoint[]
    /** Tells the program. */
    event(code: number, data: Uint8Array): void
    /** The way to the network is there, or gone. */
    carrier(isThere: boolean): void
}

export class WifiStation implements JacdacService {
    readonly serviceClass = SRV_WIFI
    /** What the runtime believes: sockets can be opened. */
    isConnected = false
    /** The access point that it has joined in fact. */
    joined: AccessPoint | undefined
    /** Attempts to join so far, and those that failed. */
    joins = 0
    failures = 0

    private isEnabled = true
    private isConnecting = false
    private isScanning = false
    private isRescanWanted = false
    /** Counts attempts, so that an old one does not end a new one. */
    private attempt = 0

    constructor(
        private readonly family: RuntimeFamily,
        private readonly owner: WifiOwner,
        private network: Credentials | undefined
    ) {}

    /** The board is switched on, or was reset. */
    start(): void {
        this.attempt++
        this.isConnected = false
        this.joined = undefined
        this.isEnabled = true
        this.isConnecting = false
        this.isScanning = false
        this.isRescanWanted = false
        this.owner.carrier(false)
        this.owner.after(FIRST_SCAN_US, () => this.scanAgain())
    }

    /** An access point went off: the station notices after some beacons. */
    notice(): void {
        const { joined, attempt } = this
        if (joined === undefined || joined.isUp) return
        this.owner.carrier(false)
        this.owner.after(BEACONS_LOST_US, () => {
            if (attempt === this.attempt && this.joined === joined && !joined.isUp) this.lose()
        })
    }

    /** Its address is not valid any more, and nothing tells the runtime. */
    loseLease(): void {
        this.owner.carrier(false)
    }

    handle(command: number, data: Uint8Array, reply: (data: Uint8Array) => void): void {
        const register = command & 0xfff
        if ((command & 0xf000) === GET) {
            const value = this.register(register)
            if (value !== undefined) reply(value)
        } else if (command === (SET | REGISTER.enabled)) this.enable((data[0] ?? 0) !== 0)
        else if (command === COMMAND.reconnect) {
            this.isRescanWanted = true
            this.disconnect()
        } else if (command === COMMAND.scan) this.scan()
        else if (command === COMMAND.addNetwork) this.add(data)
        else if (command === COMMAND.forgetAll || command === COMMAND.forgetNetwork) {
            this.network = undefined
            this.owner.event(EVENT.networksChanged, new Uint8Array(0))
        }
    }

    private register(code: number): Uint8Array | undefined {
        const rssi = this.family === "esp32" ? (this.joined?.rssi ?? -NO_SIGNAL) : -40
        switch (code) {
            case REGISTER.enabled:
                return Uint8Array.of(this.isEnabled ? 1 : 0)
            case REGISTER.rssi:
                return Uint8Array.of((this.isConnected ? rssi : -NO_SIGNAL) & 0xff)
            case REGISTER.address:
                return this.isConnected ? ADDRESS : new Uint8Array(0)
            case REGISTER.mac:
                return Uint8Array.of(2, 0, 0, 0, 0, 2)
            case REGISTER.ssid:
                return Buffer.from(this.isConnected ? (this.network?.ssid ?? "") : "")
        }
        return undefined
    }

    private enable(isEnabled: boolean): void {
        if (isEnabled === this.isEnabled) return
        this.isEnabled = isEnabled
        if (isEnabled) this.scan()
        else this.disconnect()
    }

    private add(data: Uint8Array): void {
        const [ssid, password] = Buffer.from(data).toString("utf8").split("\0")
        this.network = { ssid: ssid ?? "", password: password ?? "" }
        this.owner.event(EVENT.networksChanged, new Uint8Array(0))
        this.connect()
    }

    private scanAgain(): void {
        if (!this.isConnected) this.scan()
        this.owner.after(RESCAN_US, () => this.scanAgain())
    }

    private scan(): void {
        if (this.isScanning) return
        this.isScanning = true
        this.owner.after(SCAN_US, () => {
            this.isScanning = false
            const heard = this.owner.air.filter(point => point.isUp)
            const known = heard.filter(point => point.ssid === this.network?.ssid).length
            const counts = new Uint8Array(new Uint16Array([heard.length, known]).buffer)
            this.owner.event(EVENT.scanComplete, counts)
            // Only a network that was heard is joined.
            if (this.isEnabled && known > 0) this.connect()
        })
    }

    private connect(): void {
        const { network } = this
        if (this.isConnecting || network === undefined) return
        this.isConnecting = true
        this.joins++
        const attempt = ++this.attempt
        const point = this.match(network)
        if (point === undefined) {
            this.owner.after(JOIN_FAILS_US, () => {
                if (attempt === this.attempt) this.joinFailed()
            })
            return
        }
        this.owner.after(JOIN_US, () => {
            if (attempt !== this.attempt) return
            this.joined = point
            this.owner.after(ADDRESS_US, () => {
                if (attempt === this.attempt && point.isUp && point.hasDhcp) this.gotAddress()
            })
        })
    }

    /** The first access point of that name, not the strongest. */
    private match({ ssid, password }: Credentials): AccessPoint | undefined {
        const bytes = Buffer.from(ssid)
        const name = this.family === "esp32" ? bytes.subarray(0, MOST_SSID_BYTES) : bytes
        const heard = this.owner.air.filter(p => p.isUp).sort((a, b) => a.channel - b.channel)
        const first = heard.find(point => Buffer.from(point.ssid).equals(name))
        return first?.password === password ? first : undefined
    }

    private joinFailed(): void {
        this.failures++
        // The Pico W notices only the loss of a link that was up: it never tries again.
        if (this.family === "esp32") this.lostAddress()
    }

    private gotAddress(): void {
        this.isConnected = true
        this.owner.carrier(true)
        this.owner.event(EVENT.gotIp, new Uint8Array(0))
    }

    private disconnect(): void {
        if (!this.isConnecting) return
        const wasUp = this.isConnected
        this.joined = undefined
        this.attempt++
        this.owner.carrier(false)
        if (this.family === "esp32" || wasUp) this.owner.after(0, () => this.lostAddress())
    }

    private lose(): void {
        const wasUp = this.isConnected
        this.joined = undefined
        if (this.family === "esp32" || wasUp) this.lostAddress()
    }

    /** "jd_wifi_lost_ip_cb": tries again at once, without a pause that grows. */
    private lostAddress(): void {
        this.isConnected = false
        this.isConnecting = false
        this.joined = undefined
        this.owner.carrier(false)
        if (this.isRescanWanted) {
            this.isRescanWanted = false
            this.scan()
        } else if (this.isEnabled) this.connect()
        this.owner.event(EVENT.lostIp, new Uint8Array(0))
    }
}
