/**
 * Reads fields out of JSON records that nodes publish. Whatever is on a broker
 * is input from strangers: every field is checked before it is used.
 */

/** A record is not what it should be; the message names the field and what is wrong. */
export class RecordError extends Error {
    override name = "RecordError"
}

/** Longest record that is read, B. */
export const MAX_RECORD_BYTES = 16 * 1024

export class RecordReader {
    private constructor(
        private readonly fields: Readonly<Record<string, unknown>>,
        private readonly path: string
    ) {}

    /**
     * @param what name of the record, for messages: "schema record"
     * @throws RecordError when it is too long, no JSON or no object
     */
    static parse(payload: Uint8Array, what: string): RecordReader {
        if (payload.length > MAX_RECORD_BYTES)
            throw new RecordError(
                `${what}: ${payload.length} B are more than the ${MAX_RECORD_BYTES} B allowed`
            )
        let value: unknown
        try {
            value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload))
        } catch {
            throw new RecordError(`${what}: not JSON`)
        }
        return RecordReader.of(value, what)
    }

    /** @throws RecordError when the value is no object */
    static of(value: unknown, path: string): RecordReader {
        if (typeof value !== "object" || value === null || Array.isArray(value))
            throw new RecordError(`${path}: not a JSON object`)
        return new RecordReader(value as Record<string, unknown>, path)
    }

    /** An integer within min … max. @throws RecordError */
    integer(name: string, min: number, max: number): number {
        const value = this.get(name)
        if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
            throw this.error(name, `must be an integer from ${min} to ${max}`)
        return value
    }

    /** A text of 1 … `maxLength` printable ASCII characters. @throws RecordError */
    text(name: string, maxLength = 64): string {
        const value = this.get(name)
        if (typeof value !== "string" || value === "" || !isPlainText(value, maxLength))
            throw this.error(name, `must be 1 to ${maxLength} printable ASCII characters`)
        return value
    }

    /** Any text up to `maxLength`; characters that terminals act on become "?". @throws RecordError */
    message(name: string, maxLength = 300): string {
        const value = this.get(name)
        if (typeof value !== "string" || value.length > maxLength)
            throw this.error(name, `must be text of at most ${maxLength} characters`)

        return value.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?")
    }

    /** A list of min … max objects. @throws RecordError */
    list(name: string, min: number, max: number): RecordReader[] {
        return this.array(name, min, max).map((entry, i) =>
            RecordReader.of(entry, `${this.path}.${name}[${i}]`)
        )
    }

    /** Two integers above zero. @throws RecordError */
    fraction(name: string): readonly [number, number] {
        const [numerator, denominator] = this.array(name, 2, 2)
        if (!isPositive(numerator) || !isPositive(denominator))
            throw this.error(name, "must be two integers above 0")
        return [numerator, denominator]
    }

    /** @throws RecordError made for this field */
    error(name: string, problem: string): RecordError {
        return new RecordError(`${this.path}.${name} ${problem}`)
    }

    private array(name: string, min: number, max: number): unknown[] {
        const value = this.get(name)
        if (!Array.isArray(value) || value.length < min || value.length > max)
            throw this.error(name, `must be a list of ${min === max ? min : `${min} to ${max}`}`)
        return value as unknown[]
    }

    private get(name: string): unknown {
        return this.fields[name]
    }
}

function isPositive(value: unknown): value is number {
    return typeof value === "number" && Number.isSafeInteger(value) && value > 0
}

function isPlainText(text: string, maxLength: number): boolean {
    return text.length <= maxLength && /^[\x20-\x7e]*$/.test(text)
}
