import * as ds from "@devicescript/core"
import {
    ENVELOPE_END_BYTES,
    base64Length,
    envelopeLength,
    putBase64,
    putEnvelopeEnd,
    putEnvelopeHead,
} from "./wire/envelope.js"
import { FrameSealer } from "./seal.js"
import { ENTRY_CLOCK, ENTRY_FRAME, ENTRY_SEALED, Outbox } from "./wire/outbox.js"
import { LEAF_CLOCK, LEAF_ENVELOPE, LEAF_FRAME, LEAF_SEALED } from "./wire/topics.js"

/** Bytes that are made base64 without a pause: 3,000 opcodes or so. */
const BASE64_STEP_BYTES = 96
/** An entry that could be read before is given up after so many times that it could not. */
const MAX_FAILURES = 3

/**
 * A QoS 1 message on its way. Its content is asked for each time it is sent, so
 * that a message under way takes no memory of its own; it must be the same each time.
 */
export abstract class Message {
    /** Without the node's base: "frame". Known after {@link size}. */
    leaf: string
    isRetained: boolean

    /**
     * @returns length of the payload in bytes; −1 when it is not there any more
     * @throws Error when it can not be read at this time
     */
    abstract size(): Promise<number>

    /** Writes the payload, or its first piece. @returns false when it is not there any more */
    abstract put(packet: Buffer, at: number): Promise<boolean>

    /** Bytes of the payload that {@link put} writes; the others follow piece by piece. */
    firstBytes(size: number): number {
        return size
    }

    /** @returns the n-th further piece of the payload, n = 1 …; "" when there is none */
    abstract piece(n: number): string

    /** The broker has it; called in the order of sending. */
    async acknowledged(): Promise<void> {}
}

/** A text, such as a record. */
export class TextMessage extends Message {
    constructor(
        leaf: string,
        private readonly text: string,
        isRetained: boolean
    ) {
        super()
        this.leaf = leaf
        this.isRetained = isRetained
    }

    override async size(): Promise<number> {
        return this.text.byteLength
    }

    override async put(packet: Buffer, at: number): Promise<boolean> {
        packet.blitAt(at, this.text, 0, this.text.byteLength)
        return true
    }

    override piece(): string {
        return ""
    }
}

/** A long text that is never in memory as a whole. */
export interface PieceSource {
    readonly pieces: number
    /** ASCII. @param n 0 … pieces − 1 @returns the same each time */
    piece: (n: number) => string
}

/** A retained text of several pieces, each sent with a write of its own. */
export class PiecesMessage extends Message {
    constructor(
        leaf: string,
        private readonly source: PieceSource
    ) {
        super()
        this.leaf = leaf
        this.isRetained = true
    }

    override async size(): Promise<number> {
        let size = 0
        for (let n = 0; n < this.source.pieces; n++) {
            size += this.source.piece(n).length
            await ds.sleep(0)
        }
        return size
    }

    override firstBytes(): number {
        return this.source.piece(0).length
    }

    override async put(packet: Buffer, at: number): Promise<boolean> {
        const text = this.source.piece(0)
        packet.blitAt(at, text, 0, text.length)
        return true
    }

    override piece(n: number): string {
        return n < this.source.pieces ? this.source.piece(n) : ""
    }
}

/** An entry of the outbox, which leaves it when the broker has it. */
export class EntryMessage extends Message {
    /** Whether it is a frame, sealed or not. */
    isFrame = true
    private bytes = 0
    /** What is in the envelope: "frame" or "sealed". */
    private kind = ""
    private failures = 0
    /** Of a frame that was stored before the node had its key: sealed once, as it must stay the same. */
    private sealed: Buffer = undefined

    /** @param sealer seals frames that are not yet; undefined: they go out as they are */
    constructor(
        private readonly outbox: Outbox,
        private readonly serial: number,
        private readonly isJson: boolean,
        private readonly sealer: FrameSealer,
        private readonly onDelivered: (isFrame: boolean) => void
    ) {
        super()
    }

    override async size(): Promise<number> {
        const length = await this.outbox.lengthOf(this.serial)
        if (length === 0) {
            this.failures++
            if (this.serial < this.outbox.firstSerial || this.failures > MAX_FAILURES) return -1
            throw new Error("the outbox can not be read")
        }
        this.bytes = length
        let kind = this.outbox.kindOf(this.serial)
        if (kind === ENTRY_FRAME && this.sealer !== undefined) {
            if (this.sealed === undefined) await this.seal()
            this.bytes = this.sealed.length
            kind = ENTRY_SEALED
        }
        this.isFrame = kind !== ENTRY_CLOCK
        this.isRetained = !this.isFrame
        this.leaf =
            kind === ENTRY_CLOCK ? LEAF_CLOCK : kind === ENTRY_SEALED ? LEAF_SEALED : LEAF_FRAME
        if (!this.isEnveloped()) return this.bytes
        this.kind = this.leaf
        this.leaf = LEAF_ENVELOPE
        return envelopeLength(this.kind, this.bytes)
    }

    override async put(packet: Buffer, at: number): Promise<boolean> {
        const isJson = this.isEnveloped()
        const from = isJson ? packet.length - ENVELOPE_END_BYTES - this.bytes : at
        try {
            if (this.sealed === undefined) await this.outbox.read(this.serial, packet, from)
            else packet.set(this.sealed, from)
        } catch (e) {
            if (this.serial >= this.outbox.firstSerial) throw e
        }
        if (isJson) await this.envelope(packet, at, from)
        // It may have been dropped while it was read.
        return this.serial >= this.outbox.firstSerial
    }

    override piece(): string {
        return ""
    }

    override async acknowledged(): Promise<void> {
        await this.outbox.release(this.serial)
        this.onDelivered(this.isFrame)
    }

    private async seal(): Promise<void> {
        const frame = Buffer.alloc(this.bytes)
        await this.outbox.read(this.serial, frame, 0)
        this.sealed = this.sealer.seal(frame, frame.length)
    }

    private isEnveloped(): boolean {
        return this.isJson && this.isFrame
    }

    /** Wraps bytes that are at the end of the room for their base64 text. */
    private async envelope(packet: Buffer, at: number, from: number): Promise<void> {
        let text = putEnvelopeHead(packet, at, this.kind)
        for (let done = 0; done < this.bytes; done += BASE64_STEP_BYTES) {
            const length = Math.min(BASE64_STEP_BYTES, this.bytes - done)
            putBase64(packet, from + done, text, length)
            text += base64Length(length)
            await ds.sleep(0)
        }
        putEnvelopeEnd(packet, text)
    }
}
