/** Frames of all versions that nodes ever sent. */
import { decodeFrame, decodeFrameOf, type DecodedFrame } from "../../src/core/frame/decoder.js"
import { VERSION_1 } from "./version-1/index.js"

/** @throws FrameError naming what is wrong */
export function decodeAnyFrame(bytes: Uint8Array): DecodedFrame {
    return bytes[0] >> 6 === VERSION_1.number ? decodeFrameOf(VERSION_1, bytes) : decodeFrame(bytes)
}
