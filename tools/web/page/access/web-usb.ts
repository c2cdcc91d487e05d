/** RP2040 boards in their boot mode, by WebUSB. */
import { RASPBERRY_PI, RP2040_BOOT, RP2350_BOOT } from "../../../flash/picoboot/protocol.js"
import { type UsbDevice } from "../../../flash/picoboot/usb-device.js"
import { type ChosenDevice } from "../flow/devices.js"
import { chooserProblem } from "./web-serial.js"

/** What is used of WebUSB (WICG, "WebUSB API"), which TypeScript does not know. */
export interface UsbApi {
    requestDevice(options: {
        readonly filters: readonly { readonly vendorId: number; readonly productId: number }[]
    }): Promise<UsbDevice>
    addEventListener(
        type: "disconnect",
        listener: (event: { readonly device: UsbDevice }) => void
    ): void
}

export function usbApi(): UsbApi | undefined {
    return (navigator as Navigator & { readonly usb?: UsbApi }).usb
}

/** @throws PageError when the person chooses none */
export async function choosePico(usb: UsbApi): Promise<ChosenDevice> {
    // A Pico 2 can be chosen so that it can be refused by name.
    const filters = [RP2040_BOOT, RP2350_BOOT].map(productId => ({
        vendorId: RASPBERRY_PI,
        productId,
    }))
    const device = await usb.requestDevice({ filters }).catch((e: unknown) => {
        throw chooserProblem(e)
    })
    return {
        device,
        onLost: listener =>
            usb.addEventListener("disconnect", event => {
                if (event.device === device) listener()
            }),
    }
}
