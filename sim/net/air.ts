/** What a node's radio hears: access points, and what lies behind them. */

export interface AccessPoint {
    readonly ssid: string
    readonly password: string
    /** 6 B */
    readonly bssid: Uint8Array
    /** 1 to 13: a scan goes from low to high. */
    readonly channel: number
    /** dBm */
    rssi: number
    /** Whether it is on. */
    isUp: boolean
    /** Whether it gives addresses. */
    hasDhcp: boolean
}

/** The network that nodes of a world find when nothing else is said. */
export const DEFAULT_SSID = "suitcase"
export const DEFAULT_PASSWORD = "suitcase-wifi"

export function accessPoint(options: Partial<AccessPoint> = {}): AccessPoint {
    return {
        ssid: DEFAULT_SSID,
        password: DEFAULT_PASSWORD,
        bssid: Uint8Array.of(2, 0, 0, 0, 0, 1),
        channel: 6,
        rssi: -58,
        isUp: true,
        hasDhcp: true,
        ...options,
    }
}
