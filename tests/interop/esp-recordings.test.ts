/**
 * The double of the ESP32's boot mode beside recordings of real chips that people put into bug reports with
 * `esptool.py --trace` and esptool-js: bytes of the host, and the answers of the ROM. Each line of a recording is
 * a fact of its source; nothing else of the sources is here.
 *
 * Looked for and not found in public: recordings of the stub with DEFLATE commands or MD5 in full, of an ESP32-C3,
 * and of PICOBOOT (picotool's documentation has none); the double of the RP2040 follows the source of its boot ROM.
 */
import { describe, expect, it } from "vitest"
import { EspBootloader, type EspChip } from "../../sim/bootloader/esp32.js"

const SYNC = `c0000824000000000007071220${"55".repeat(32)}c0`

interface Recording {
    readonly source: string
    readonly chip: EspChip
    readonly mac: string
    /** What the host sent, and what came back. */
    readonly exchanges: readonly (readonly [string, string])[]
}

const RECORDINGS: readonly Recording[] = [
    {
        source: "https://github.com/espressif/esptool/issues/698",
        chip: "ESP32",
        mac: "000000000000",
        exchanges: [
            [SYNC, "c0010804000720555500000000c0".repeat(8)],
            ["c0000a04000000000000100040c0", "c0010a0400831df00000000000c0"],
        ],
    },
    {
        source: "https://github.com/espressif/esptool-js/issues/175",
        chip: "ESP32",
        mac: "083af2672494",
        exchanges: [
            ["c0000a04000000000004a0f53fc0", "c0010a0400942467f200000000c0"],
            ["c0000a04000000000008a0f53fc0", "c0010a04003a08bb0000000000c0"],
            [
                "c00005100000000000cc0d0000010000000018000000e00b40c0",
                "c0010504003a08bb0000000000c0",
            ],
        ],
    },
    {
        source: "https://github.com/espressif/esptool/issues/868",
        chip: "ESP32-S3",
        mac: "4827e261b0d4",
        exchanges: [
            ["c0000a04000000000044700060c0", "c0010a0400d4b061e200000000c0"],
            ["c0000a04000000000048700060c0", "c0010a04002748000000000000c0"],
            [
                "c00005100000000000a0130000010000000018000000803740c0",
                "c0010504002748000000000000c0",
            ],
        ],
    },
]

describe.each(RECORDINGS)("a real $chip, recorded in $source", ({ chip, mac, exchanges }) => {
    it("answers as its double does, byte for byte", () => {
        let answer = ""
        const board = new EspBootloader(chip, [...Buffer.from(mac, "hex")], bytes => {
            answer += Buffer.from(bytes).toString("hex")
        })
        for (const [sent, expected] of exchanges) {
            answer = ""
            board.feed(Buffer.from(sent, "hex"))
            expect(answer, `after ${sent}`).toBe(expected)
        }
    })
})

it("a second address with its checksum (https://github.com/espressif/esptool/issues/570)", () => {
    let answer = ""
    const mac = [...Buffer.from("246f287ad884", "hex")]
    const board = new EspBootloader("ESP32", mac, bytes => {
        answer += Buffer.from(bytes).toString("hex")
    })
    // There at another address, under which the chip has the same fuses: 0x6001a008.
    board.feed(Buffer.from("c0000a04000000000008a0f53fc0", "hex"))
    expect(answer).toBe("c0010a04006f243e0000000000c0")
})
