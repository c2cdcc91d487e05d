import { FrameSealer } from "./seal.js"
import { ENTRY_CLOCK, ENTRY_FRAME, ENTRY_SEALED, Outbox } from "../core/outbox/outbox.js"
import { SEAL_OVERHEAD_BYTES } from "../core/protocol/seal-format.js"
import { LEAF_CLOCK, LEAF_ENVELOPE, LEAF_FRAME, LEAF_SEALED } from "../core/protocol/topics.js"
import { pause } from "../scheduler/scheduler.js"

/** An entry that could be read before is dropped after this many failed reads. */
const MAX_FAILURES = 3

/**
 * A QoS 1 message on its way. Its content is asked for each time it is sent, so
 * that a message in flight takes no memory of its own; it must be the same each time.
 */
export abstract class Message {
    /** Without the node's base: "frame". Known after {@link size}. */
    leaf: string
    isRetained: boolean
    /** Length of its packet when it was sent last, B. */
    sentBytes: number

    /**
     * @returns length of the payload in bytes; −1 when it is not there any more
     * @throws Error when it cannot be read at this time
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
            await pause()
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

/** What entries are wrapped in. An interface, so that apps without one do not carry it. */
export interface Envelope {
    /** @returns length of the envelope of N bytes */
    length: (kind: string, bytes: number) => number
    /** @returns where the bytes have to be in a packet that ends with their envelope */
    from: (packet: Buffer, bytes: number) => number
    /** Wraps the bytes, which are where {@link Envelope.from} says, from index `at` on. */
    wrap: (packet: Buffer, at: number, kind: string, bytes: number) => Promise<void>
}

/** What entries have in common, whose messages do not keep it each. */
export interface EntryCarrier {
    readonly outbox: Outbox
    /** undefined: frames go out as they are. */
    readonly envelope: Envelope
    /** Seals frames that are not yet; undefined: they go out as they are. */
    readonly sealer: FrameSealer
    /** Frames of this boot that the broker has. */
    acknowledged: number
}

/** An entry of the outbox, which leaves it when the broker has it. */
export class EntryMessage extends Message {
    private bytes = 0
    private failures = 0
    // Without values at first: a field that is never set takes no memory on the board.
    /** What is in the envelope, if there is one: "frame" or "sealed". */
    private kind: string
    /** Of a frame that was stored before the node had its key: sealed once, as it must stay the same. */
    private sealed: Buffer

    constructor(
        private readonly carrier: EntryCarrier,
        private readonly serial: number
    ) {
        super()
    }

    override async size(): Promise<number> {
        const { outbox, sealer, envelope } = this.carrier
        const length = await outbox.lengthOf(this.serial)
        if (length === 0) {
            this.failures++
            if (this.serial < outbox.firstSerial || this.failures > MAX_FAILURES) return -1
            throw new Error("the outbox cannot be read")
        }
        this.bytes = length
        let kind = outbox.kindOf(this.serial)
        if (kind === ENTRY_FRAME && sealer !== undefined) {
            if (this.sealed === undefined) await this.seal()
            this.bytes = this.sealed.length
            kind = ENTRY_SEALED
        }
        this.isRetained = kind === ENTRY_CLOCK
        this.leaf =
            kind === ENTRY_CLOCK ? LEAF_CLOCK : kind === ENTRY_SEALED ? LEAF_SEALED : LEAF_FRAME
        if (envelope === undefined || this.isRetained) return this.bytes
        this.kind = this.leaf
        this.leaf = LEAF_ENVELOPE
        return envelope.length(this.kind, this.bytes)
    }

    override async put(packet: Buffer, at: number): Promise<boolean> {
        const outbox = this.carrier.outbox
        const envelope = this.isRetained ? undefined : this.carrier.envelope
        const from = envelope === undefined ? at : envelope.from(packet, this.bytes)
        try {
            if (this.sealed === undefined) await outbox.read(this.serial, packet, from)
            else packet.set(this.sealed, from)
        } catch (e) {
            if (this.serial >= outbox.firstSerial) throw e
        }
        if (envelope !== undefined) await envelope.wrap(packet, at, this.kind, this.bytes)
        // It may have been dropped while it was read.
        return this.serial >= outbox.firstSerial
    }

    override piece(): string {
        return ""
    }

    override async acknowledged(): Promise<void> {
        await this.carrier.outbox.release(this.serial)
        // Frames of earlier boots are not among those that this one counts.
        if (!this.isRetained && this.serial >= this.carrier.outbox.ownSerial)
            this.carrier.acknowledged++
    }

    private async seal(): Promise<void> {
        const frame = Buffer.alloc(this.bytes + SEAL_OVERHEAD_BYTES)
        await this.carrier.outbox.read(this.serial, frame, 0)
        this.carrier.sealer.seal(frame, this.bytes)
        this.sealed = frame
    }
}
