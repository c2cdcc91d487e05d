/** Holds acknowledgements back until what they are for is safe. */

/** Takes messages, and says when they are safe. */
export interface Intake {
    /** @returns the number that {@link durable} has to reach for the message to be safe */
    take(topic: string, payload: Buffer, isRetained: boolean): number
    readonly durable: number
    /** Whether so much is not safe yet that no more should come. */
    readonly isFull: boolean
    /** Calls back when {@link durable} has grown. @returns ends it */
    onDurable(listener: () => void): () => void
}

/** Where acknowledgements go. */
export interface AckStream {
    readonly writable: boolean
    write(bytes: Buffer): unknown
}

const PUBACK = 0x40

export class AckGate {
    private held: { readonly id: number; readonly number: number }[] = []
    private stream: AckStream | undefined
    private goOn: (() => void) | undefined
    private readonly stop: () => void

    constructor(private readonly intake: Intake) {
        this.stop = intake.onDurable(() => this.release())
    }

    /**
     * A new connection: what was not acknowledged on the one before comes again, under
     * other packet ids.
     */
    begin(stream: AckStream): void {
        this.stream = stream
        this.held = []
        this.proceed()
    }

    /**
     * @param id packet id of the message
     * @param next called when the next one may come
     */
    hold(id: number, number: number, next: () => void): void {
        this.held.push({ id, number })
        if (this.intake.isFull) this.goOn = next
        else next()
        if (number <= this.intake.durable) this.release()
    }

    close(): void {
        this.stop()
        this.stream = undefined
        this.proceed()
    }

    /** In the order in which the messages came [MQTT-4.6.0-2], as many as there are in one write. */
    private release(): void {
        const { durable } = this.intake
        let count = 0
        while (count < this.held.length && this.held[count].number <= durable) count++
        if (count > 0) {
            const acks = Buffer.alloc(4 * count)
            for (const [i, { id }] of this.held.splice(0, count).entries()) {
                acks[4 * i] = PUBACK
                acks[4 * i + 1] = 2
                acks.writeUInt16BE(id, 4 * i + 2)
            }
            if (this.stream?.writable === true) this.stream.write(acks)
        }
        if (!this.intake.isFull) this.proceed()
    }

    private proceed(): void {
        const { goOn } = this
        this.goOn = undefined
        goOn?.()
    }
}
