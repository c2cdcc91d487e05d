/** The service of a node over the network: requests as over USB, sealed with the node's key; docs/mqtt.md. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import {
    AT_OPERATION,
    COMMAND_CALIBRATE,
    STATUS_STALE,
} from "../../src/core/protocol/node-service.js"
import {
    CHALLENGE_BYTES,
    REPLY_HEAD_BYTES,
    REPLY_MARK,
    REQUEST_SALT_BYTES,
    SEAL_FORMAT,
    SEAL_HEAD_BYTES,
    SEAL_NONCE_BYTES,
    SEAL_OVERHEAD_BYTES,
    SEAL_TAG_BYTES,
    putRequestNonce,
} from "../../src/core/protocol/seal-format.js"
import { RecordError, RecordReader } from "../decoder/record.js"
import { BoardError } from "../flash/board-access.js"
import { NodeItems } from "../flash/usb/node-service.js"

const CIPHER = "aes-256-ccm"
/** A request is sent again when no answer came within this time, ms. */
const AGAIN_MS = 10_000
/** How often it is sent. */
const SENDS = 3
/** A node that restarted, or that somebody else asked, has a new challenge. */
const ATTEMPTS = 5
/** Longest answer: a part of an item, in hex. */
const MOST_SEAL_DIGITS = 1200

/** As it goes out on `cmd`. */
export interface SealedCommand {
    readonly id: string
    readonly do: string
    /** base64 without padding */
    readonly seal: string
}

const REFUSALS: Readonly<Record<string, string>> = {
    "unknown command":
        "its program cannot be calibrated over the network: it needs " +
        "calibration: calibrations(remoteCalibration)",
    "this node has no key":
        "calibration over the network is sealed, and it has no key; give it one: suitcase keys new, " +
        "then suitcase settings, on USB",
    "not sealed with this node's key": "it has another key than the keys file",
}

export interface SealedOptions {
    /** ms */
    readonly againMs?: number
    /** Ends every wait. */
    readonly signal?: AbortSignal
}

export class SealedService extends NodeItems {
    private challenge: Uint8Array = new Uint8Array(CHALLENGE_BYTES)
    private waiting: { readonly id: string; readonly take: (answer: Answer) => void } | undefined

    /**
     * @param key 32 B
     * @param send hands a command to the broker; one that is lost is sent again
     */
    constructor(
        private readonly key: Uint8Array,
        private readonly send: (command: SealedCommand) => Promise<unknown>,
        private readonly options: SealedOptions = {}
    ) {
        super()
    }

    /** Takes what the node published on `ack`; what is for others, or is no answer, is passed over. */
    take(payload: Uint8Array): void {
        try {
            const record = RecordReader.parse(payload, "ack record")
            if (record.message("id", 32) !== this.waiting?.id) return
            this.waiting.take(
                record.boolean("ok")
                    ? { seal: record.text("seal", MOST_SEAL_DIGITS) }
                    : { error: record.message("error") }
            )
        } catch (e) {
            if (!(e instanceof RecordError)) throw e
        }
    }

    protected override async exchange(
        request: Uint8Array<ArrayBuffer>,
        isAnswer: (reply: Uint8Array) => boolean
    ): Promise<Uint8Array> {
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
            const reply = await this.roundTrip(request)
            if (reply[1] === STATUS_STALE) continue
            const whole = Uint8Array.of(request[AT_OPERATION], ...reply)
            if (!isAnswer(whole)) throw new BoardError("the node's answer is not as it should be")
            return whole
        }
        throw new BoardError("somebody else is calibrating this node; try again later")
    }

    /** @returns the reply without the operation */
    private async roundTrip(request: Uint8Array): Promise<Uint8Array> {
        const salt = randomBytes(REQUEST_SALT_BYTES)
        const command: SealedCommand = {
            id: `c${randomBytes(6).toString("hex")}`,
            do: COMMAND_CALIBRATE,
            seal: this.sealed(salt, request).toString("base64").replace(/=+$/, ""),
        }
        const { againMs = AGAIN_MS, signal } = this.options
        let opened: Uint8Array | undefined
        let refusal: string | undefined
        let wake = (): void => undefined
        this.waiting = {
            id: command.id,
            take: ({ seal, error }) => {
                opened ??= seal === undefined ? undefined : this.opened(seal, salt)
                refusal ??= error
                wake()
            },
        }
        try {
            for (let sent = 0; sent < SENDS && opened === undefined; sent++) {
                signal?.throwIfAborted()
                const answered = new Promise<void>(resolve => (wake = resolve))
                const late = new AbortController()
                const timer = setTimeout(() => late.abort(), againMs)
                const ended = new Promise<void>(resolve => {
                    for (const end of [late.signal, ...(signal === undefined ? [] : [signal])])
                        end.addEventListener("abort", () => resolve(), { once: true })
                })
                await Promise.race([this.send(command).then(() => ended), answered, ended])
                clearTimeout(timer)
                // Anybody could say so; who has the key is believed first.
                if (opened === undefined && refusal !== undefined)
                    throw new BoardError(`the node refused: ${REFUSALS[refusal] ?? refusal}`)
            }
        } finally {
            this.waiting = undefined
        }
        signal?.throwIfAborted()
        if (opened === undefined)
            throw new BoardError(
                `the node did not answer within ${(SENDS * againMs) / 1000} s; is it online? ` +
                    "suitcase calibrate verify shows what it has"
            )
        this.challenge = opened.subarray(1 + REQUEST_SALT_BYTES, REPLY_HEAD_BYTES)
        return opened.subarray(REPLY_HEAD_BYTES)
    }

    private sealed(salt: Uint8Array, request: Uint8Array): Buffer {
        const nonce = new Uint8Array(SEAL_NONCE_BYTES)
        putRequestNonce(nonce, salt)
        const cipher = createCipheriv(CIPHER, this.key, nonce, { authTagLength: SEAL_TAG_BYTES })
        const rest = cipher.update(Buffer.concat([this.challenge, request]))
        cipher.final()
        return Buffer.concat([salt, rest, cipher.getAuthTag()])
    }

    /** @returns undefined when it is not the node's answer to the request with this salt */
    private opened(digits: string, salt: Uint8Array): Uint8Array | undefined {
        const sealed = Buffer.from(digits, "hex")
        if (sealed.length < SEAL_OVERHEAD_BYTES + REPLY_HEAD_BYTES || sealed[0] !== SEAL_FORMAT)
            return undefined
        const nonce = new Uint8Array(SEAL_NONCE_BYTES)
        nonce.set(sealed.subarray(1, SEAL_HEAD_BYTES))
        const decipher = createDecipheriv(CIPHER, this.key, nonce, {
            authTagLength: SEAL_TAG_BYTES,
        })
        decipher.setAuthTag(sealed.subarray(-SEAL_TAG_BYTES))
        let plain: Buffer
        try {
            plain = decipher.update(sealed.subarray(SEAL_HEAD_BYTES, -SEAL_TAG_BYTES))
            decipher.final()
        } catch {
            return undefined
        }
        const isOwn =
            plain[0] === REPLY_MARK &&
            plain.subarray(1, 1 + REQUEST_SALT_BYTES).equals(Buffer.from(salt))
        return isOwn ? plain : undefined
    }
}

interface Answer {
    readonly seal?: string
    readonly error?: string
}
