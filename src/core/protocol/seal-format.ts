import { Bytes } from "../bytes.js"

/**
 * Layout of a sealed frame, see docs/mqtt.md: format byte, salt, counter,
 * ciphertext of AES-256-CCM, tag. The nonce is salt ‖ counter ‖ 0 0.
 */
export const SEAL_FORMAT = 0x81
export const SEAL_KEY_BYTES = 32
export const SEAL_SALT_BYTES = 8
/** Bytes before the ciphertext. */
export const SEAL_HEAD_BYTES = 12
export const SEAL_TAG_BYTES = 8
export const SEAL_NONCE_BYTES = 13
/** A sealed frame is so much longer than the frame in it. */
export const SEAL_OVERHEAD_BYTES = 20
/** The counter of a salt is 1 … this − 1. */
export const SEAL_COUNTER_MODULUS = 16777216

/** Writes format byte, salt and counter. */
export function putSealHead(message: Bytes, salt: Bytes, counter: number): void {
    message[0] = SEAL_FORMAT
    for (let i = 0; i < SEAL_SALT_BYTES; i++) message[1 + i] = salt[i]
    putCounter(message, 1 + SEAL_SALT_BYTES, counter)
}

/** Writes the 13 bytes of the nonce. */
export function putSealNonce(nonce: Bytes, salt: Bytes, counter: number): void {
    for (let i = 0; i < SEAL_SALT_BYTES; i++) nonce[i] = salt[i]
    putCounter(nonce, SEAL_SALT_BYTES, counter)
    nonce[11] = 0
    nonce[12] = 0
}

/**
 * Layout of a sealed request, see docs/mqtt.md: salt of the sender, ciphertext of challenge and
 * request, tag. The nonce is salt ‖ 1 ‖ 0, which no frame has.
 */
export const REQUEST_SALT_BYTES = 11
/** What a node gives out for one request: it carries out no other. */
export const CHALLENGE_BYTES = 8
export const LEAST_REQUEST_BYTES = REQUEST_SALT_BYTES + CHALLENGE_BYTES + 1 + SEAL_TAG_BYTES
/** Layout of a reply, sealed like a frame: this byte, which begins no frame, salt of the request, next challenge, reply. */
export const REPLY_MARK = 0xff
export const REPLY_HEAD_BYTES = 1 + REQUEST_SALT_BYTES + CHALLENGE_BYTES

/** Writes the 13 bytes of the nonce. @param request begins with its salt */
export function putRequestNonce(nonce: Bytes, request: Bytes): void {
    for (let i = 0; i < REQUEST_SALT_BYTES; i++) nonce[i] = request[i]
    nonce[11] = 1
    nonce[12] = 0
}

function putCounter(bytes: Bytes, at: number, counter: number): void {
    bytes[at] = counter & 0xff
    bytes[at + 1] = (counter >> 8) & 0xff
    bytes[at + 2] = (counter >> 16) & 0xff
}
