import { randomBuffer } from "@devicescript/crypto"
import {
    SEAL_COUNTER_MODULUS,
    LEAST_REQUEST_BYTES,
    REQUEST_SALT_BYTES,
    SEAL_HEAD_BYTES,
    SEAL_KEY_BYTES,
    SEAL_NONCE_BYTES,
    SEAL_SALT_BYTES,
    SEAL_TAG_BYTES,
    putRequestNonce,
    putSealHead,
    putSealNonce,
} from "../core/protocol/seal-format.js"

/**
 * A buffer as the VM has it. `encrypt` of @devicescript/crypto is this and 400 B of
 * code that checks the arguments, which are constants here or checked before.
 */
interface Encryptable {
    encrypt: (algorithm: string, key: Buffer, nonce: Buffer, tagBytes: number) => Buffer
}

/** Added to the length of the tag: decrypt. */
const DECRYPT = 0x1000

/** Seals frames with AES-256-CCM under the node's own key; docs/mqtt.md has the format. */
export class FrameSealer {
    private readonly key: Buffer
    private readonly nonce = Buffer.alloc(SEAL_NONCE_BYTES)
    private salt: Buffer
    private counter = 0

    /**
     * @param keyHex 64 hex digits
     * @throws RangeError for anything else; the message does not repeat it
     */
    constructor(keyHex: string) {
        const key = Buffer.from(keyHex, "hex")
        if (keyHex.length !== 2 * SEAL_KEY_BYTES || key.length !== SEAL_KEY_BYTES)
            throw new RangeError("seal.key must be 64 hex digits")
        this.key = key
        // A salt of the board's random source instead of a counter in flash,
        // which a power cut could destroy (or set back: a nonce used twice).
        this.salt = randomBuffer(SEAL_SALT_BYTES)
    }

    /**
     * Puts the sealed frame in the place of the frame.
     *
     * @param frame holds the frame in its first `length` bytes, and has room for
     *        {@link SEAL_OVERHEAD_BYTES} more
     * @returns length of the sealed frame
     */
    seal(frame: Buffer, length: number): number {
        this.counter++
        if (this.counter === SEAL_COUNTER_MODULUS) {
            this.salt = randomBuffer(SEAL_SALT_BYTES)
            this.counter = 1
        }
        putSealNonce(this.nonce, this.salt, this.counter)
        const plain = frame.slice(0, length) as unknown as Encryptable
        const sealed = plain.encrypt("aes-256-ccm", this.key, this.nonce, SEAL_TAG_BYTES)
        putSealHead(frame, this.salt, this.counter)
        frame.set(sealed, SEAL_HEAD_BYTES)
        return SEAL_HEAD_BYTES + sealed.length
    }

    /**
     * @param sealed a request that came over the network
     * @returns what is in it
     * @throws Error when it was not sealed with this key
     */
    openRequest(sealed: Buffer): Buffer {
        if (sealed.length < LEAST_REQUEST_BYTES) throw new RangeError("too short")
        putRequestNonce(this.nonce, sealed)
        const rest = sealed.slice(REQUEST_SALT_BYTES) as unknown as Encryptable
        return rest.encrypt("aes-256-ccm", this.key, this.nonce, DECRYPT + SEAL_TAG_BYTES)
    }
}

/**
 * Lets a node that holds a key (setting `seal.key`) seal its frames.
 *
 *     seal: sealFrames
 *
 * @param keyHex 64 hex digits
 * @throws RangeError for anything else
 */
export function sealFrames(keyHex: string): FrameSealer {
    return new FrameSealer(keyHex)
}
