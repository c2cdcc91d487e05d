/**
 * The number burnt into a board's flash chip. An RP2040 has none of its own, and the serial number that it
 * shows on USB in its boot mode is that of its boot ROM's version, the same on all boards. The command for
 * flash chips is not in PICOBOOT, so a short program in the board's RAM sends it.
 */
import { hexDigits } from "../chips.js"
import { RAM_START } from "./protocol.js"
import { type PicobootLink } from "./picoboot-link.js"

/**
 * ARMv6-M machine code, wherever in RAM it lies. With the chip select line held low (IO_QSPI GPIO_QSPI_SS_CTRL,
 * 0x4001800c, OUTOVER 2, then 3), it puts "Read Unique ID" (0x4b, Winbond W25Q16JV, section 8.2.30) and twelve
 * zeros into DR0 of the SSI (0x18000000 + 0x60) and fetches thirteen bytes from there as RXFLR (+ 0x24) shows
 * them, to behind itself. It ends after 65,536 looks at RXFLR at the latest.
 *
 * ```text
 * 00  push {r4, r5, lr}
 * 02  ldr  r0, [pc, #60]    ; 0x4001800c
 * 04  ldr  r1, [pc, #60]    ; 0x18000000
 * 06  adr  r2, #64          ; answer
 * 08  movs r3, #2
 * 0a  lsls r3, r3, #8
 * 0c  str  r3, [r0]         ; select
 * 0e  movs r3, #0x4b
 * 10  str  r3, [r1, #0x60]
 * 12  movs r3, #0
 * 14  movs r4, #12
 * 16  str  r3, [r1, #0x60]
 * 18  subs r4, #1
 * 1a  bne  16
 * 1c  movs r4, #13
 * 1e  movs r5, #1
 * 20  lsls r5, r5, #16
 * 22  subs r5, #1
 * 24  beq  36
 * 26  ldr  r3, [r1, #0x24]
 * 28  cmp  r3, #0
 * 2a  beq  22
 * 2c  ldr  r3, [r1, #0x60]
 * 2e  strb r3, [r2]
 * 30  adds r2, #1
 * 32  subs r4, #1
 * 34  bne  22
 * 36  movs r3, #3
 * 38  lsls r3, r3, #8
 * 3a  str  r3, [r0]         ; deselect
 * 3c  pop  {r4, r5, pc}
 * ```
 */
const READ_ID = Uint16Array.of(
    ...[0xb530, 0x480f, 0x490f, 0xa210, 0x2302, 0x021b, 0x6003, 0x234b, 0x660b, 0x2300, 0x240c],
    ...[0x660b, 0x3c01, 0xd1fc, 0x240d, 0x2501, 0x042d, 0x3d01, 0xd007, 0x6a4b, 0x2b00, 0xd0fa],
    ...[0x6e0b, 0x7013, 0x3201, 0x3c01, 0xd1f5, 0x2303, 0x021b, 0x6003, 0xbd30, 0x46c0],
    ...[0x800c, 0x4001, 0x0000, 0x1800]
)
const CODE_BYTES = 2 * READ_ID.length
/** Command and dummy bytes before the number, B. */
const ID_AT = 5
const ID_BYTES = 8

/**
 * @param link after exitXip
 * @returns sixteen hex digits, which are the node's device id too (DeviceScript takes it from there), and what
 * its USB serial number has behind "JD"; undefined when the chip has no number
 */
export async function readFlashId(link: PicobootLink): Promise<string | undefined> {
    const program = new Uint8Array(CODE_BYTES + 16)
    const view = new DataView(program.buffer)
    READ_ID.forEach((half, i) => view.setUint16(2 * i, half, true))
    await link.write(RAM_START, program)
    await link.call(RAM_START)
    const id = await link.read(RAM_START + CODE_BYTES + ID_AT, ID_BYTES)
    if (id.every(byte => byte === 0) || id.every(byte => byte === 0xff)) return undefined
    return hexDigits(id)
}
