/** What buffers have on boards, in Node, while the tests of a file run. */
import { afterAll, beforeAll } from "vitest"

const prototype = Buffer.prototype as Buffer

/** To be called in a file whose tests run device code that writes numbers into buffers. */
export function withBoardBuffers(): void {
    beforeAll(() => {
        prototype.setAt = function (this: Buffer, at: number, format: string, value: number) {
            if (format === "u8") this.writeUInt8(value & 0xff, at)
            else if (format === "u16") this.writeUInt16LE(value & 0xffff, at)
            else if (format === "u32") this.writeUInt32LE(value >>> 0, at)
            else this.writeInt32LE(value | 0, at)
        }
    })
    afterAll(() => void Reflect.deleteProperty(prototype, "setAt"))
}
