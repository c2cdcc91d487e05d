/** The other processes that share the work, and how much of it is this one's. */
import { createHash, randomBytes } from "node:crypto"
import os from "node:os"
import path from "node:path"
import { type NatsConnection } from "@nats-io/transport-node"

const BEAT_MS = 300
/** Who was not heard for so long is gone, ms. Only fairness depends on it. */
const SILENT_MS = 1500

/** Processes of this computer with the same state folder tell each other that they are there. */
export class Peers {
    private readonly heard = new Map<string, number>()
    private readonly timer: NodeJS.Timeout

    constructor(connection: NatsConnection, folder: string) {
        const group = `${os.hostname()} ${path.resolve(folder)}`
        const hash = createHash("sha256").update(group).digest("hex").slice(0, 16)
        const subject = `suitcase-listeners.${hash}`
        const id = randomBytes(8).toString("hex")
        connection.subscribe(subject, {
            callback: (_error, message) => {
                const other = message.string()
                if (other !== id) this.heard.set(other, performance.now())
            },
        })
        const beat = () => {
            if (!connection.isClosed()) connection.publish(subject, id)
        }
        beat()
        this.timer = setInterval(beat, BEAT_MS)
    }

    /** Resolves when those that are there should have been heard. */
    async settled(): Promise<void> {
        await new Promise(resolve => setTimeout(resolve, 2 * BEAT_MS))
    }

    /** @param parts all there are to share @returns how many are this process's at most */
    shareOf(parts: number): number {
        const now = performance.now()
        for (const [id, at] of this.heard) if (now - at > SILENT_MS) this.heard.delete(id)
        return Math.ceil(parts / (this.heard.size + 1))
    }

    close(): void {
        clearInterval(this.timer)
    }
}
