/**
 * Where results go: a file that appears only when it is complete, or standard
 * output.
 */
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs"
import { once } from "node:events"
import { UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"

/** Bytes that are gathered before they are written. */
const PIECE_BYTES = 1 << 16

export abstract class Output {
    private pieces: Uint8Array[] = []
    private gathered = 0

    /** @param bytes copied, so they may change afterwards */
    write(bytes: Uint8Array): void {
        this.pieces.push(bytes.slice())
        this.gathered += bytes.length
        if (this.gathered >= PIECE_BYTES) this.flush()
    }

    text(text: string): void {
        this.write(Buffer.from(text))
    }

    protected flush(): void {
        if (this.gathered > 0) this.put(Buffer.concat(this.pieces))
        this.pieces = []
        this.gathered = 0
    }

    protected abstract put(bytes: Uint8Array): void

    /** Resolves when there is room for more. */
    abstract ready(): Promise<void>
    /** All is written. */
    abstract close(): Promise<void>
    /**
     * Something failed: a file that is not closed is taken away, and what it would have
     * replaced stays.
     */
    abstract discard(): void
}

/**
 * @param file path, or "-" for the stream
 * @param input what is read meanwhile: it is never overwritten
 * @throws UsageError when it cannot be written
 */
export function openOutput(file: string, stream: NodeJS.WriteStream, input: string): Output {
    if (file !== "-" && isSame(file, input))
        throw new UsageError(`-o ${file} would overwrite what is read; give another path`)
    return file === "-" ? new StreamOutput(stream) : new FileOutput(file, "-o")
}

/** @param option how the file is given, for messages @throws UsageError when it cannot be written */
export function openFile(file: string, option: string): Output {
    return new FileOutput(file, option)
}

function isSame(a: string, b: string): boolean {
    const [left, right] = [a, b].map(file => statSync(file, { throwIfNoEntry: false }))
    if (left === undefined || right === undefined || !left.isFile()) return false
    return left.ino === right.ino && left.dev === right.dev
}

class StreamOutput extends Output {
    private isFull = false

    constructor(private readonly stream: NodeJS.WriteStream) {
        super()
    }

    protected override put(bytes: Uint8Array): void {
        this.isFull = !this.stream.write(bytes)
    }

    override async ready(): Promise<void> {
        if (!this.isFull) return
        this.isFull = false
        await once(this.stream, "drain")
    }

    override async close(): Promise<void> {
        this.flush()
        await this.ready()
    }

    override discard(): void {
        // What was right so far is of use: the reader gets it before the message.
        this.flush()
    }
}

class FileOutput extends Output {
    /** What is written to; differs from the file while that is not complete. */
    private readonly part: string
    private readonly descriptor: number
    private isOpen = true

    constructor(
        private readonly file: string,
        private readonly option: string
    ) {
        super()
        // A device or a pipe is written to as it is, never replaced.
        const isPlain = !existsSync(file) || statSync(file).isFile()
        this.part = isPlain ? `${file}.part` : file
        this.descriptor = this.attempt(() => openSync(this.part, "w"))
    }

    protected override put(bytes: Uint8Array): void {
        this.attempt(() => {
            for (let at = 0; at < bytes.length;)
                at += writeSync(this.descriptor, bytes, at, bytes.length - at)
        })
    }

    override ready(): Promise<void> {
        return Promise.resolve()
    }

    override close(): Promise<void> {
        this.flush()
        this.isOpen = false
        closeSync(this.descriptor)
        if (this.part !== this.file) this.attempt(() => renameSync(this.part, this.file))
        return Promise.resolve()
    }

    override discard(): void {
        if (!this.isOpen) return
        this.isOpen = false
        closeSync(this.descriptor)
        if (this.part !== this.file) rmSync(this.part, { force: true })
    }

    private attempt<T>(action: () => T): T {
        try {
            return action()
        } catch (e) {
            throw new UsageError(
                `${this.file}: ${fileProblem(e)}; give another path with ${this.option}`
            )
        }
    }
}
