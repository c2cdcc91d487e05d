import { describe, expect, it } from "vitest"
import { encodeBlock, blockSize, decodeBlock } from "uf2"
import { espRuntime, picoRuntime } from "../../tests/support/runtime-images.js"
import { boardImage, bundleFile, type Piece } from "./board-image.js"
import { ImageError } from "./image-error.js"
import { uf2File, uf2Segments } from "./uf2-file.js"

const STORE = { program: Uint8Array.of(1, 2, 3, 4), values: new Map() }
const CONFIG = Uint8Array.of(0x44, 0x43, 0x46, 0x47)
const ESP = ["esp32", "esp32s2", "esp32c3", "esp32s3"]

function image(architecture: string, runtime: Uint8Array | undefined): Piece[] {
    return boardImage({ architecture, runtime, config: CONFIG, store: STORE })
}

/** Of long arrays the runner's own comparison takes seconds. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
    return Buffer.compare(a, b) === 0
}

function places(pieces: readonly Piece[]): string[] {
    return pieces.map(({ name, address }) => `${name} at 0x${address.toString(16)}`)
}

describe("what a board's flash shall hold", () => {
    it.each(ESP)("on an %s leaves the radio's data alone and ends with the store", architecture => {
        const runtime = espRuntime(architecture)
        const pieces = image(architecture, runtime)
        const base = architecture === "esp32" || architecture === "esp32s2" ? 0x1000 : 0
        expect(places(pieces)).toEqual([
            `runtime at 0x${base.toString(16)}`,
            "runtime at 0x10000",
            "board configuration at 0x9000",
            "program at 0x1c8000",
            "settings at 0x1c0000",
        ])
        expect(isSame(pieces[0].bytes, runtime.subarray(0, 0x9000 - base))).toBe(true)
        expect(isSame(pieces[1].bytes, runtime.subarray(0x10000 - base))).toBe(true)
        expect(pieces[2].bytes.subarray(0, 5)).toEqual(Uint8Array.of(0x44, 0x43, 0x46, 0x47, 0xff))
        expect(pieces[3].bytes.length).toBe(4096)
        expect(pieces[4].bytes.length).toBe(32_768)
    })

    it("on a Pico is one file whose blocks are numbered, sorted, and fill their sectors", () => {
        const bundle = bundleFile("rp2040w", image("rp2040w", picoRuntime()))
        expect(bundle.extension).toBe("uf2")
        const segments = uf2Segments(bundle.bytes)
        expect(segments.map(({ address, bytes }) => [address, bytes.length])).toEqual([
            [0x10000000, 122_880],
            [0x100dc000, 4096],
            [0x100e0000, 20_480],
        ])
        const numbers = Array.from(
            { length: bundle.bytes.length / blockSize },
            (_, i) =>
                decodeBlock(bundle.bytes.subarray(i * blockSize, (i + 1) * blockSize)).blockNumber
        )
        expect(numbers).toEqual(numbers.map((_, i) => i))
    })

    it.each(ESP)("as one file for an %s has each piece at its offset", architecture => {
        const pieces = image(architecture, espRuntime(architecture))
        const { bytes, offset, extension } = bundleFile(architecture, pieces)
        expect(extension).toBe("bin")
        for (const { address, bytes: piece } of pieces)
            expect(
                isSame(bytes.subarray(address - offset, address - offset + piece.length), piece)
            ).toBe(true)
        expect(offset + bytes.length).toBe(0x200000)
    })

    it("without a runtime is configuration and store, and no bundle", () => {
        const pieces = image("esp32c3", undefined)
        expect(pieces.map(({ name }) => name)).toEqual([
            "board configuration",
            "program",
            "settings",
        ])
        expect(() => bundleFile("esp32c3", pieces)).toThrow(ImageError)
    })
})

describe("a file that is no runtime for the board is refused in words", () => {
    const c3 = espRuntime("esp32c3")
    const pico = picoRuntime()
    const changed = (file: Uint8Array, at: number, to: number) => {
        const other = file.slice()
        other[at] = to
        return other
    }
    /** One block of the file with other fields. */
    const withBlock = (index: number, change: object) => {
        const other = pico.slice()
        const block = decodeBlock(pico.subarray(index * blockSize, (index + 1) * blockSize))
        encodeBlock({ ...block, ...change }, other, index * blockSize)
        return other
    }
    it.each<[string, string, Uint8Array, string]>([
        [
            "of another chip",
            "esp32c3",
            espRuntime("esp32s3"),
            "is for ESP32-S3; the board has an ESP32-C3",
        ],
        [
            "for another offset",
            "esp32c3",
            espRuntime("esp32").subarray(0x1000),
            "is missing at 0x0",
        ],
        ["that is empty", "esp32c3", new Uint8Array(0), "too short for the bootloader"],
        ["cut off", "esp32c3", c3.subarray(0, 40_000), "too short for the application"],
        [
            "with a damaged table of partitions",
            "esp32c3",
            changed(c3, 0x8000, 0),
            "none for DeviceScript's configuration",
        ],
        [
            "with its store elsewhere",
            "esp32c3",
            changed(c3, 0x8000 + 4 * 32 + 6, 0x1d),
            "its store lies at 0x1d0000",
        ],
        ["that is a bundle", "esp32c3", espRuntime("esp32c3", 0x1c0000), "into the store"],
        ["of the other family", "esp32c3", pico, "it is a UF2 file"],
        ["of the other family", "rp2040w", c3, "no UF2 file"],
        ["cut off", "rp2040w", pico.subarray(0, pico.length - 100), "no multiple of 512"],
        ["cut off at a block", "rp2040w", pico.subarray(0, pico.length - 512), "of 480"],
        [
            "with a block for another chip",
            "rp2040w",
            withBlock(3, { boardFamily: 0x12345678 }),
            "block 4 of 480 of the UF2 file is not for an RP2040",
        ],
        [
            "with a block twice",
            "rp2040w",
            withBlock(4, { flashAddress: 0x10000300 }),
            "writes 0x10000300 twice",
        ],
        [
            "with a damaged block",
            "rp2040w",
            changed(pico, 512, 0),
            "block 2 of 480 of the UF2 file is damaged",
        ],
        [
            "with a damaged boot stage",
            "rp2040w",
            changed(pico, 40, pico[40] ^ 1),
            "second boot stage",
        ],
        [
            "that begins elsewhere",
            "rp2040w",
            uf2File([{ address: 0x10010000, bytes: new Uint8Array(4096) }]),
            "it begins at 0x10010000",
        ],
    ])("%s (%s)", (_, architecture, file, words) => {
        expect(() => image(architecture, file)).toThrow(ImageError)
        expect(() => image(architecture, file)).toThrow(words)
    })

    it("and so is a configuration that is too large", () => {
        const config = new Uint8Array(9000)
        expect(() =>
            boardImage({ architecture: "esp32c3", runtime: undefined, config, store: STORE })
        ).toThrow("8192 B fit")
    })
})
