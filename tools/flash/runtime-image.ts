/** Checks DeviceScript runtimes before anything on a board is erased. */
import { hex, type EspLayout, type Layout, type PicoLayout } from "./chips.js"
import { ImageError } from "./image-error.js"
import { uf2Segments, type Segment } from "./uf2-file.js"

/** First byte of an image for ESP32 (ESP-IDF, esp_image_header_t). */
const ESP_MAGIC = 0xe9
const ESP_CHIP_ID_AT = 12
const ESP_NAMES: Readonly<Record<number, string>> = {
    0: "ESP32",
    2: "ESP32-S2",
    5: "ESP32-C3",
    9: "ESP32-S3",
    12: "ESP32-C2",
    13: "ESP32-C6",
    16: "ESP32-H2",
}

/** Entries of the table of partitions (ESP-IDF, esp_partition_info_t). */
const PARTITION_BYTES = 32
const PARTITION_MAGIC = 0x50aa
const MOST_PARTITIONS = 95
/** Type and subtypes of DeviceScript's partitions: board configuration, store. */
const DEVICESCRIPT_TYPE = 0x8a
const CONFIG_SUBTYPE = 0
const STORE_SUBTYPE = 1

/** Second stage of an RP2040's boot: 252 B and their CRC (RP2040 datasheet, section 2.8.1.3.1). */
const BOOT2_BYTES = 256
const BOOT2_POLYNOMIAL = 0x04c11db7

/**
 * @param file what was given as a runtime: a merged .bin for ESP32, a .uf2 for RP2040
 * @returns what it writes into the board's flash
 * @throws ImageError when it is damaged, for another chip, or reaches into the store
 */
export function runtimeSegments(layout: Layout, file: Uint8Array): Segment[] {
    return layout.family === "esp32" ? espSegments(layout, file) : picoSegments(layout, file)
}

function espSegments(layout: EspLayout, file: Uint8Array): Segment[] {
    if (isUf2(file))
        throw new ImageError(
            `it is a UF2 file; an ${layout.chip} takes a .bin file for its chip`,
            "other chip"
        )
    checkEspImage(layout, file, 0, "the bootloader")
    const partitions = partitionsIn(file, layout.partitions - layout.runtime)
    checkPartition(partitions, CONFIG_SUBTYPE, layout.config, layout.configBytes, "configuration")
    checkPartition(partitions, STORE_SUBTYPE, layout.store, layout.storeBytes, "store")
    checkEspImage(layout, file, layout.application - layout.runtime, "the application")
    const end = layout.runtime + file.length
    if (end > layout.store)
        throw new ImageError(
            `it reaches to ${hex(end)}, into the store at ${hex(layout.store)}: ` +
                "take the runtime itself, not a bundle with a program",
            "bundle"
        )
    // The board's own configuration and the radio's data lie inside it: they are left as they are.
    const configAt = layout.config - layout.runtime
    return [
        { address: layout.runtime, bytes: file.subarray(0, configAt) },
        {
            address: layout.application,
            bytes: file.subarray(layout.application - layout.runtime),
        },
    ]
}

function checkEspImage(layout: EspLayout, file: Uint8Array, at: number, what: string): void {
    if (file.length < at + 24)
        throw new ImageError(
            `it has ${file.length} B: too short for ${what}; it is cut off, or not merged`
        )
    if (file[at] !== ESP_MAGIC)
        throw new ImageError(
            `${what} is missing at ${hex(at)}: it is damaged, or no merged image for ${hex(layout.runtime)}`
        )
    const chipId = file[at + ESP_CHIP_ID_AT] | (file[at + ESP_CHIP_ID_AT + 1] << 8)
    if (chipId === layout.chipId) return
    const name = ESP_NAMES[chipId] ?? `a chip of number ${chipId}`
    throw new ImageError(`${what} is for ${name}; the board has an ${layout.chip}`, "other chip")
}

interface Partition {
    readonly type: number
    readonly subtype: number
    readonly offset: number
    readonly size: number
}

function partitionsIn(file: Uint8Array, at: number): Partition[] {
    const view = new DataView(file.buffer, file.byteOffset, file.length)
    const partitions: Partition[] = []
    for (let i = 0; i < MOST_PARTITIONS; i++) {
        const entry = at + i * PARTITION_BYTES
        if (entry + PARTITION_BYTES > file.length) break
        if (view.getUint16(entry, true) !== PARTITION_MAGIC) break
        partitions.push({
            type: file[entry + 2],
            subtype: file[entry + 3],
            offset: view.getUint32(entry + 4, true),
            size: view.getUint32(entry + 8, true),
        })
    }
    return partitions
}

function checkPartition(
    partitions: readonly Partition[],
    subtype: number,
    offset: number,
    size: number,
    what: string
): void {
    const found = partitions.find(
        partition => partition.type === DEVICESCRIPT_TYPE && partition.subtype === subtype
    )
    if (found === undefined)
        throw new ImageError(
            `its table of partitions has none for DeviceScript's ${what}: it is no DeviceScript runtime, or damaged`,
            "no runtime"
        )
    if (found.offset === offset && found.size === size) return
    throw new ImageError(
        `its ${what} lies at ${hex(found.offset)} (${found.size} B), not at ${hex(offset)} (${size} B): ` +
            "it is of another version than this toolkit knows",
        "no runtime"
    )
}

function picoSegments(layout: PicoLayout, file: Uint8Array): Segment[] {
    if (!isUf2(file)) throw new ImageError("it is no UF2 file, which an RP2040 takes", "other chip")
    const segments = uf2Segments(file)
    const first = segments[0]
    if (first.address !== layout.runtime)
        throw new ImageError(
            `it begins at ${hex(first.address)}, not at ${hex(layout.runtime)}: it is no whole runtime`,
            "no runtime"
        )
    if (first.bytes.length < BOOT2_BYTES || !isBoot2(first.bytes.subarray(0, BOOT2_BYTES)))
        throw new ImageError("the checksum of its second boot stage is wrong: it is damaged")
    for (const { address, bytes } of segments) {
        const end = address + bytes.length
        if (address < layout.runtime || end > layout.end)
            throw new ImageError(`it writes ${hex(address)} to ${hex(end)}, outside of the flash`)
        if (end > layout.store && address < layout.end)
            throw new ImageError(
                `it reaches into the store at ${hex(layout.store)}: take the runtime itself, not a bundle with a program`,
                "bundle"
            )
    }
    // A configuration that it brings is replaced by that of the board.
    return segments
        .filter(({ address }) => address < layout.config)
        .map(segment => ({
            address: segment.address,
            bytes: segment.bytes.subarray(0, layout.config - segment.address),
        }))
}

function isUf2(file: Uint8Array): boolean {
    return file[0] === 0x55 && file[1] === 0x46 && file[2] === 0x32 && file[3] === 0x0a
}

function isBoot2(bytes: Uint8Array): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    return view.getUint32(BOOT2_BYTES - 4, true) === boot2Crc(bytes.subarray(0, BOOT2_BYTES - 4))
}

/** CRC-32/MPEG-2 of the second boot stage. */
export function boot2Crc(bytes: Uint8Array): number {
    let crc = 0xffffffff
    for (const byte of bytes) {
        crc ^= byte << 24
        for (let bit = 0; bit < 8; bit++)
            crc = crc & 0x80000000 ? (crc << 1) ^ BOOT2_POLYNOMIAL : crc << 1
    }
    return crc >>> 0
}
