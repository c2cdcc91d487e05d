/**
 * Sealed frames, AES-256-CCM:
 *
 *     0   u8   0x81: sealed, format 1
 *     1   8 B  salt: random bits drawn at each boot
 *     9   u24  messages sealed since boot, counted from 1, little-endian
 *     12  …    ciphertext of a frame
 *     −8  8 B  tag
 *
 * The nonce is salt, counter, 0, 0. The cipher itself is injected, so that the
 * decoder runs in browsers too.
 */
import {
    FRAME_CRC_BYTES,
    FRAME_HEADER_BYTES,
    MAX_FRAME_BYTES,
} from "../../src/core/frame/format.js"
import {
    SEAL_FORMAT,
    SEAL_HEAD_BYTES,
    SEAL_NONCE_BYTES,
    SEAL_OVERHEAD_BYTES,
    SEAL_SALT_BYTES,
    SEAL_TAG_BYTES,
} from "../../src/core/protocol/seal-format.js"

const LEAST_BYTES = SEAL_OVERHEAD_BYTES + FRAME_HEADER_BYTES + FRAME_CRC_BYTES
const MOST_BYTES = SEAL_OVERHEAD_BYTES + MAX_FRAME_BYTES

/**
 * Why a sealed frame was refused: no key for its node; tag wrong; sealed with a
 * nonce that was used before; cut off; too long; unknown format. "unsealed" is
 * a plain frame of a node that has a key.
 */
export type SealErrorCode =
    "key" | "forged" | "replay" | "truncated" | "too-long" | "version" | "unsealed"

export class SealError extends Error {
    override name = "SealError"

    constructor(
        readonly code: SealErrorCode,
        message: string
    ) {
        super(message)
    }
}

/** Keys and cipher. */
export interface Opener {
    /** Whether there is a key for this node; then its plain frames are refused. */
    hasKey(node: string): boolean
    /**
     * @param nonce 13 B
     * @param tag 8 B
     * @returns the plain text, or undefined when the tag is wrong
     */
    open(
        node: string,
        nonce: Uint8Array,
        ciphertext: Uint8Array,
        tag: Uint8Array
    ): Uint8Array | undefined
}

export interface OpenedFrame {
    /** 16 hex digits. */
    readonly salt: string
    readonly counter: number
    readonly tag: bigint
    readonly frame: Uint8Array
}

/** @throws SealError */
export function openSealed(node: string, payload: Uint8Array, opener: Opener): OpenedFrame {
    if (payload.length < LEAST_BYTES)
        throw new SealError(
            "truncated",
            `a sealed frame has at least ${LEAST_BYTES} B, got ${payload.length} B`
        )
    if (payload.length > MOST_BYTES)
        throw new SealError(
            "too-long",
            `a sealed frame has at most ${MOST_BYTES} B, got ${payload.length} B`
        )
    if (payload[0] !== SEAL_FORMAT)
        throw new SealError("version", `seal format ${payload[0]} is not known to this decoder`)
    if (!opener.hasKey(node)) throw new SealError("key", `there is no key for node ${node}`)
    const nonce = new Uint8Array(SEAL_NONCE_BYTES)
    nonce.set(payload.subarray(1, SEAL_HEAD_BYTES))
    const tag = payload.subarray(-SEAL_TAG_BYTES)
    const frame = opener.open(node, nonce, payload.subarray(SEAL_HEAD_BYTES, -SEAL_TAG_BYTES), tag)
    if (frame === undefined)
        throw new SealError(
            "forged",
            "the tag does not match: another key, or the message was changed or cut off"
        )
    return {
        salt: hex(payload.subarray(1, 1 + SEAL_SALT_BYTES)),
        counter: payload[9] | (payload[10] << 8) | (payload[11] << 16),
        tag: new DataView(tag.buffer, tag.byteOffset, SEAL_TAG_BYTES).getBigUint64(0),
        frame,
    }
}

function hex(bytes: Uint8Array): string {
    return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("")
}
