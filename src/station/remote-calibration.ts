import { randomBuffer } from "@devicescript/crypto"
import { base64Bytes, takeBase64 } from "../core/protocol/base64.js"
import { plainText } from "../core/protocol/commands.js"
import { COMMAND_CALIBRATE, STATUS_STALE } from "../core/protocol/node-service.js"
import {
    CHALLENGE_BYTES,
    REPLY_HEAD_BYTES,
    REPLY_MARK,
    REQUEST_SALT_BYTES,
    SEAL_OVERHEAD_BYTES,
} from "../core/protocol/seal-format.js"
import { LEAF_ACK } from "../core/protocol/topics.js"
import { isSafeJson } from "../core/text.js"
import { FrameSealer } from "../uplink/seal.js"
import { RemoteRequests, Uplink } from "../uplink/uplink.js"
import { NodeAnswers } from "./options.js"

const MARK = '"do":"' + COMMAND_CALIBRATE + '"'
/** Requests that wait; further ones are ignored, and sent again by whoever asks. */
const MOST_WAITING = 2
const RANDOM_AT = 1 + REQUEST_SALT_BYTES

/**
 * Lets an operator who has the node's key calibrate it over the network: docs/mqtt.md.
 *
 *     calibration: calibrations(remoteCalibration)
 *
 * @param sealer undefined: the node has no key, and refuses
 */
export function remoteCalibration(service: NodeAnswers, sealer: FrameSealer): RemoteRequests {
    return new SealedRequests(service, sealer)
}

class SealedRequests implements RemoteRequests {
    private readonly waiting: string[] = []
    /** What the next request has to carry: an old one that somebody recorded does not. */
    private challenge = randomBuffer(CHALLENGE_BYTES)
    /** Salt of the request that was carried out last: it may be delivered twice. */
    private lastSalt = ""
    private lastReply: Buffer

    constructor(
        private readonly service: NodeAnswers,
        private readonly sealer: FrameSealer
    ) {}

    takeRequest(text: string): boolean {
        if (text.indexOf(MARK) < 0) return false
        if (this.waiting.length < MOST_WAITING) this.waiting.push(text)
        return true
    }

    async answerRequest(uplink: Uplink): Promise<boolean> {
        if (this.waiting.length === 0) return false
        const answer = await this.answer(this.waiting[0])
        await uplink.client.makeRoom()
        this.waiting.shift()
        await uplink.publish(LEAF_ACK, answer, false)
        return true
    }

    private async answer(text: string): Promise<string> {
        const sealer = this.sealer
        let id = ""
        let error = "this node has no key"
        try {
            if (isSafeJson(text)) {
                const fields = JSON.parse(text) as Record<string, unknown>
                id = plainText(fields["id"])
                if (sealer !== undefined) {
                    error = "not sealed with this node's key"
                    const reply = await this.open(fields["seal"])
                    const room = Buffer.alloc(reply.length + SEAL_OVERHEAD_BYTES)
                    room.set(reply)
                    sealer.seal(room, reply.length)
                    return '{"id":"' + id + '","ok":true,"seal":"' + room.toString("hex") + '"}'
                }
            }
        } catch {
            console.warn("calibration: " + error)
        }
        return '{"id":"' + id + '","ok":false,"error":"' + error + '"}'
    }

    /** @returns the reply, not sealed yet @throws Error when it was sealed by somebody else */
    private async open(seal: unknown): Promise<Buffer> {
        // Not what has a length of its own choice.
        if (typeof seal !== "string") throw new TypeError()
        const sealed = Buffer.alloc(base64Bytes(seal.length))
        takeBase64(seal, sealed)
        const plain = this.sealer.openRequest(sealed)
        const salt = sealed.slice(0, REQUEST_SALT_BYTES).toString("hex")
        if (salt === this.lastSalt) return this.lastReply
        const isDue =
            plain.slice(0, CHALLENGE_BYTES).toString("hex") === this.challenge.toString("hex")
        let reply = Buffer.alloc(4)
        if (isDue) {
            this.challenge = randomBuffer(CHALLENGE_BYTES)
            reply = await this.service.replyRemotely(plain.slice(CHALLENGE_BYTES))
        } else reply[1] = STATUS_STALE
        const whole = Buffer.alloc(REPLY_HEAD_BYTES + reply.length)
        whole[0] = REPLY_MARK
        whole.blitAt(1, sealed, 0, REQUEST_SALT_BYTES)
        whole.blitAt(RANDOM_AT, this.challenge, 0, CHALLENGE_BYTES)
        whole.blitAt(REPLY_HEAD_BYTES, reply, 0, reply.length)
        if (isDue) {
            this.lastSalt = salt
            this.lastReply = whole
        }
        return whole
    }
}
