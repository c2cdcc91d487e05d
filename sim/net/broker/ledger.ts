/**
 * What the broker knows of a client's QoS 1 messages: which ones the client must
 * still take for unacknowledged, because no PUBACK reached it, and which ones it
 * may not send again. Knows when a PUBACK arrived, as a real broker cannot.
 */
import { type IPublishPacket } from "mqtt-packet"

interface Entry {
    readonly id: number
    readonly topic: string
    readonly payload: Buffer
    readonly order: number
    /** The connection on which it was last sent. */
    connection: number
    /** Whether its PUBACK surely is with the client. */
    isTaken: boolean
}

/** A clause and what was done against it. */
export type Finding = readonly [clause: string, what: string]

export class PublishLedger {
    private unacknowledged: Entry[] = []
    private readonly done = new Map<number, Entry>()
    private nextOrder = 0
    private connection = 0
    private lastResent = -1
    private isClean = false
    private isFirst = true
    private life = ""

    /**
     * The client connected.
     * @param life names the client's life: with its RAM it loses what it knew
     * @param isFirst whether it never had a connection in this life
     */
    resume(isClean: boolean, life: string, isFirst: boolean): void {
        if (isClean || life !== this.life) {
            this.unacknowledged = []
            this.done.clear()
        }
        this.isClean = isClean
        this.isFirst = isFirst
        this.life = life
        this.connection++
        this.lastResent = -1
    }

    /** Notes a QoS 1 PUBLISH. */
    publish(packet: IPublishPacket): Finding[] {
        const id = packet.messageId as number
        const payload = Buffer.from(packet.payload)
        const isSame = (entry: Entry) =>
            entry.topic === packet.topic && entry.payload.equals(payload)
        const known = this.unacknowledged.find(entry => entry.id === id)
        if (known !== undefined && isSame(known)) return this.resent(known, packet.dup)

        const findings: Finding[] = []
        const last = this.done.get(id)
        if (known === undefined && last?.isTaken === false && packet.dup && isSame(last)) {
            this.done.delete(id)
            this.unacknowledged.push(last)
            return this.resent(last, true)
        }
        if (known !== undefined) {
            findings.push(["MQTT-2.3.1-2", `id ${id} is in use for another message`])
            this.unacknowledged.splice(this.unacknowledged.indexOf(known), 1)
        } else if (packet.dup && last !== undefined && isSame(last))
            findings.push(["MQTT-4.3.2-1", `id ${id} was sent again after its PUBACK arrived`])
        else if (packet.dup && this.isClean)
            findings.push([
                "MQTT-3.1.2-6",
                `id ${id} is of an earlier session, but this one is clean`,
            ])
        else if (packet.dup && this.isFirst)
            findings.push(["MQTT-4.3.2-1", `id ${id} has DUP, but was never sent before`])
        this.done.delete(id)
        const { topic } = packet
        const order = this.nextOrder++
        this.unacknowledged.push({
            id,
            topic,
            payload,
            order,
            connection: this.connection,
            isTaken: false,
        })
        return findings
    }

    /**
     * A PUBACK arrived at the client.
     * @param isTaken whether it surely has it; else it may send the message again, or not
     */
    acknowledged(id: number, isTaken: boolean): void {
        const at = this.unacknowledged.findIndex(entry => entry.id === id)
        const entry = at < 0 ? this.done.get(id) : this.unacknowledged.splice(at, 1)[0]
        if (entry === undefined) return
        if (at >= 0) this.done.set(id, entry)
        entry.isTaken ||= isTaken
    }

    /** Looks whether the client sent again all that it has to, on this connection. */
    settle(): Finding[] {
        return this.unacknowledged
            .filter(entry => entry.connection !== this.connection)
            .map(({ id }): Finding => {
                return ["MQTT-4.4.0-1", `id ${id} was not acknowledged and is not sent again`]
            })
    }

    private resent(entry: Entry, isDup: boolean): Finding[] {
        const findings: Finding[] = []
        if (!isDup) findings.push(["MQTT-3.3.1-1", `id ${entry.id} is sent again without DUP`])
        if (entry.connection !== this.connection) {
            if (entry.order < this.lastResent)
                findings.push(["MQTT-4.6.0-1", `id ${entry.id} is sent again out of order`])
            this.lastResent = entry.order
        }
        entry.connection = this.connection
        return findings
    }
}
