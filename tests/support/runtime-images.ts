/**
 * Made-up runtimes with the headers, tables and sizes of real ones, which are on no registry: what
 * flashing needs to tell right files from wrong ones. They do not run.
 */
import { layoutOf, type EspLayout } from "../../tools/flash/chips.js"
import { boot2Crc } from "../../tools/flash/runtime-image.js"
import { uf2File } from "../../tools/flash/uf2-file.js"
import { SeededRandom } from "../../sim/time/random.js"

/** @param applicationBytes of the application itself */
export function espRuntime(architecture: string, applicationBytes = 150_000): Uint8Array {
    const layout = layoutOf(architecture) as EspLayout
    const application = layout.application - layout.runtime
    const image = new Uint8Array(application + applicationBytes).fill(0xff)
    const view = new DataView(image.buffer)
    const random = new SeededRandom(architecture)
    const putImage = (at: number, bytes: number) => {
        random.fill(image.subarray(at, at + bytes))
        image[at] = 0xe9
        view.setUint16(at + 12, layout.chipId, true)
    }
    putImage(0, 20_000)
    putImage(application, applicationBytes)
    const table = layout.partitions - layout.runtime
    const partitions = [
        [0x8a, 0x00, 0x9000, 0x2000, "dcfg"],
        [0x01, 0x02, 0xb000, 0x4000, "nvs"],
        [0x01, 0x01, 0xf000, 0x1000, "phy_init"],
        [0x00, 0x00, 0x10000, 1728 * 1024, "factory"],
        [0x8a, 0x01, 0x1c0000, 0x40000, "fstor"],
    ] as const
    partitions.forEach(([type, subtype, offset, size, label], i) => {
        const at = table + 32 * i
        image.fill(0, at, at + 32)
        view.setUint16(at, 0x50aa, true)
        image[at + 2] = type
        image[at + 3] = subtype
        view.setUint32(at + 4, offset, true)
        view.setUint32(at + 8, size, true)
        image.set(Buffer.from(label), at + 12)
    })
    return image
}

/** @param bytes of the runtime itself */
export function picoRuntime(bytes = 120_000): Uint8Array {
    const image = new Uint8Array(bytes)
    new SeededRandom("pico").fill(image)
    new DataView(image.buffer).setUint32(252, boot2Crc(image.subarray(0, 252)), true)
    return uf2File([{ address: 0x10000000, bytes: image }])
}
