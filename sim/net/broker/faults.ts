/** What a broker can be told to do wrong. */
import { type SeededRandom } from "../../time/random.js"

/** A PUBACK about to be sent. */
export interface Ack {
    readonly clientId: string
    readonly packetId: number
}

/** "hold" keeps it until {@link VirtualBroker.releaseAcks}; a number delays it by N ms. */
export type AckFate = "send" | "drop" | "duplicate" | "hold" | number

export class BrokerFaults {
    /** Refuse every CONNECT with this code, 1 … 5; 0 = do not. */
    refuseCode = 0
    /** Replies that are never sent. */
    readonly silent = new Set<"connack" | "pingresp" | "suback" | "unsuback">()
    /** Answer every SUBSCRIBE with 0x80. */
    isRefusingSubscriptions = false
    /** Decides on every PUBACK; default: send. */
    onAck: ((ack: Ack) => AckFate) | undefined
}

export interface AckShares {
    /** Shares of acknowledgements, 0 … 1, that never arrive, that come twice, and that come late. */
    readonly drop?: number
    readonly duplicate?: number
    readonly delay?: number
    /** Longest delay, ms; acknowledgements overtake each other. */
    readonly maxDelayMs?: number
}

/** Loses, repeats and reorders acknowledgements at random. */
export function randomAcks(random: SeededRandom, shares: AckShares): (ack: Ack) => AckFate {
    const { drop = 0, duplicate = 0, delay = 0, maxDelayMs = 5000 } = shares
    return () => {
        const chance = random.float()
        if (chance < drop) return "drop"
        if (chance < drop + duplicate) return "duplicate"
        if (chance < drop + duplicate + delay) return Math.floor(random.float() * maxDelayMs)
        return "send"
    }
}
