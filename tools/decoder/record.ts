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

/** Latest Unix time that is taken for one, ms: the end of the year 9999. */
export const MAX_UNIX_MS = 253_402_300_799_999

export class RecordReader {
    private constructor(
        private readonly fields: Readonly<Record<string, unknown>>,
        private readonly path: string
    ) {}

    /**
     * @param what name of the record, for messages: "schema record"
     * @param maxBytes longest record of this kind
     * @throws RecordError when it is too long, no JSON or no object
     */
    static parse(
        payload: Uint8Array,
        what: string,
        maxBytes: number = MAX_RECORD_BYTES
    ): RecordReader {
        if (payload.length > maxBytes)
            throw new RecordError(
                `${what}: ${payload.length} B are more than the ${maxBytes} B allowed`
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
        if (!isIntegerWithin(value, min, max))
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

    /** @throws RecordError */
    boolean(name: string): boolean {
        const value = this.get(name)
        if (typeof value !== "boolean") throw this.error(name, "must be true or false")
        return value
    }

    /** One of some words. @throws RecordError */
    oneOf<T extends string>(name: string, words: readonly T[]): T {
        const value = words.find(word => word === this.get(name))
        if (value === undefined) throw this.error(name, `must be one of ${words.join(", ")}`)
        return value
    }

    /** An object within this one. @throws RecordError */
    record(name: string): RecordReader {
        return RecordReader.of(this.get(name), `${this.path}.${name}`)
    }

    /** Bytes in base64 with padding. @throws RecordError */
    base64(name: string): Uint8Array {
        const value = this.get(name)
        if (typeof value !== "string" || !isBase64(value))
            throw this.error(name, "must be base64 with padding")
        return Uint8Array.from(atob(value), character => character.charCodeAt(0))
    }

    /** All fields with plain names whose values are integers. */
    integers(): Record<string, number> {
        return Object.fromEntries(
            Object.entries(this.fields).filter(
                (entry): entry is [string, number] =>
                    /^\w{1,32}$/.test(entry[0]) && Number.isSafeInteger(entry[1])
            )
        )
    }

    has(name: string): boolean {
        return this.get(name) !== undefined
    }

    /** A list of min … max objects. @throws RecordError */
    list(name: string, min: number, max: number): RecordReader[] {
        return this.array(name, min, max).map((entry, i) =>
            RecordReader.of(entry, `${this.path}.${name}[${i}]`)
        )
    }

    /** An object all of whose members are integers within min … max. @throws RecordError */
    integerMap(name: string, min: number, max: number): Map<string, number> {
        const found = new Map<string, number>()
        for (const [key, value] of Object.entries(this.record(name).fields)) {
            if (!isIntegerWithin(value, min, max))
                throw this.error(name, `must have integers from ${min} to ${max} as members`)
            found.set(key, value)
        }
        return found
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

function isIntegerWithin(value: unknown, min: number, max: number): value is number {
    return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
}

function isPositive(value: unknown): value is number {
    return typeof value === "number" && Number.isSafeInteger(value) && value > 0
}

function isPlainText(text: string, maxLength: number): boolean {
    return text.length <= maxLength && /^[\x20-\x7e]*$/.test(text)
}

function isBase64(text: string): boolean {
    return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}
