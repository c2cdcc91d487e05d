/**
 * What PICOBOOT needs of a USB device: a part of WebUSB's USBDevice, which a page has from `navigator.usb`
 * and Node from the usb package.
 */
export interface UsbDevice {
    readonly vendorId: number
    readonly productId: number
    readonly configuration?: UsbConfiguration | null | undefined
    open(): Promise<void>
    close(): Promise<void>
    selectConfiguration(value: number): Promise<void>
    claimInterface(number: number): Promise<void>
    releaseInterface(number: number): Promise<void>
    clearHalt(direction: "in" | "out", endpoint: number): Promise<void>
    controlTransferIn(setup: UsbControlSetup, bytes: number): Promise<UsbInResult>
    controlTransferOut(setup: UsbControlSetup, data: Uint8Array): Promise<UsbOutResult>
    transferIn(endpoint: number, bytes: number): Promise<UsbInResult>
    transferOut(endpoint: number, data: Uint8Array): Promise<UsbOutResult>
}

export interface UsbControlSetup {
    readonly requestType: "vendor"
    readonly recipient: "interface"
    readonly request: number
    readonly value: number
    readonly index: number
}

export interface UsbInResult {
    readonly data?: DataView | undefined
    readonly status?: "ok" | "stall" | "babble" | undefined
}

export interface UsbOutResult {
    readonly bytesWritten: number
    readonly status?: "ok" | "stall" | "babble" | undefined
}

export interface UsbConfiguration {
    readonly interfaces: readonly UsbInterface[]
}

export interface UsbInterface {
    readonly interfaceNumber: number
    readonly alternates: readonly {
        readonly interfaceClass: number
        readonly interfaceSubclass: number
        readonly interfaceProtocol: number
        readonly endpoints: readonly {
            readonly endpointNumber: number
            readonly direction: "in" | "out"
            readonly type: string
        }[]
    }[]
}
