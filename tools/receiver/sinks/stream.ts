/**
 * Lines into a stream, such as stdout. What is gone cannot be taken back, so after a kill up to a
 * second's readings come again: node, boot and sequence tell which.
 */
import { type DeliveredFrame, type Sink } from "../sink.js"
import { type Places } from "./places.js"
import { HEADERS, linesOf, type LineFormat } from "./lines.js"

/** About as much is written at a time. */
const CHUNK_LENGTH = 64 * 1024

export class StreamSink implements Sink {
    readonly description = "stdout"
    readonly id = "stdout"
    private readonly linesOf: ReturnType<typeof linesOf>
    private isNew = true

    constructor(
        private readonly stream: NodeJS.WritableStream,
        private readonly format: LineFormat,
        places?: Places
    ) {
        this.linesOf = linesOf(format, places)
    }

    async open(): Promise<void> {
        if (this.isNew) await this.put(HEADERS[this.format])
        this.isNew = false
    }

    async write(frames: readonly DeliveredFrame[]): Promise<void> {
        let lines = ""
        for (const frame of frames) {
            lines += this.linesOf(frame)
            if (lines.length < CHUNK_LENGTH) continue
            await this.put(lines)
            lines = ""
        }
        await this.put(lines)
    }

    async commit(): Promise<unknown> {
        await this.put("")
        return {}
    }

    async close(): Promise<void> {
        // Others write to it too.
    }

    /** Resolves when the system took it: then it outlasts this process. */
    private async put(text: string): Promise<void> {
        await new Promise<void>((resolve, reject) => {
            this.stream.write(text, error => {
                if (error) reject(error)
                else resolve()
            })
        })
    }
}
