import { closeSync, openSync, readSync } from "node:fs"

/** Counts lines as they are written, reading each byte once. */
export class LineCounter {
    private lines = 0
    private at = 0
    private readonly buffer = Buffer.alloc(1 << 20)

    /** @param file where they are; undefined while there is none */
    constructor(private readonly file: () => string | undefined) {}

    /** Read so far. */
    get bytes(): number {
        return this.at
    }

    count(): number {
        const file = this.file()
        if (file === undefined) return 0
        const handle = openSync(file, "r")
        try {
            for (;;) {
                const bytes = readSync(handle, this.buffer, 0, this.buffer.length, this.at)
                if (bytes === 0) return this.lines
                this.at += bytes
                for (let i = 0; i < bytes; i++) if (this.buffer[i] === 10) this.lines++
            }
        } finally {
            closeSync(handle)
        }
    }
}
