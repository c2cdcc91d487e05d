/** Everything a node puts on the wire, and everything it publishes. */
import { type Line } from "../../sim/net/endpoint.js"
import { type Testbed } from "./testbed.js"

/** Shorter strings may be equal by chance. */
const LEAST_BYTES = 8

export class WireTap {
    readonly published: { readonly topic: string; readonly payload: Buffer }[] = []
    private readonly chunks: Buffer[] = []

    /** From the next connection on. */
    constructor(private readonly bed: Testbed) {
        const { broker, world } = bed
        world.network.defaultEndpoint = {
            description: "tapped broker",
            accept: (line: Line) => {
                const handler = broker.accept(line)
                if (handler === undefined) return undefined
                return {
                    data: bytes => {
                        this.chunks.push(Buffer.from(bytes))
                        handler.data(bytes)
                    },
                    closed: () => handler.closed(),
                }
            },
        }
        broker.subscribe("suitcase/#", (topic, payload) => this.published.push({ topic, payload }))
    }

    /** Bytes that left the node so far. */
    get bytes(): Buffer {
        return Buffer.concat(this.chunks)
    }

    /** Payloads under one leaf. */
    under(leaf: string): Buffer[] {
        return this.published
            .filter(({ topic }) => topic === `${this.bed.topic}/${leaf}`)
            .map(({ payload }) => payload)
    }

    /** Of the secrets, those of which eight bytes in a row left the node. */
    leaked(secrets: readonly Uint8Array[]): Uint8Array[] {
        const wire = this.bytes
        return secrets.filter(secret => {
            for (let at = 0; at + LEAST_BYTES <= secret.length; at++)
                if (wire.includes(Buffer.from(secret.subarray(at, at + LEAST_BYTES)))) return true
            return false
        })
    }
}
