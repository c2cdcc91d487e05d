/** A WebAssembly module as bytes: looks functions up by name, and changes them. */

const SECTION_IMPORT = 2
const SECTION_FUNCTION = 3
const SECTION_EXPORT = 7
const SECTION_CODE = 10
const KIND_FUNCTION = 0
/** "name" section: names of functions. */
const NAMES_OF_FUNCTIONS = 1

/** Opcodes of WebAssembly that are put together here. */
export const OP = {
    end: 0x0b,
    call: 0x10,
    localGet: 0x20,
    localSet: 0x21,
    i32Store: 0x36,
    i32Const: 0x41,
} as const

interface Section {
    readonly id: number
    body: Uint8Array
}

export class WasmModule {
    private readonly sections: Section[] = []
    private readonly names = new Map<string, number>()
    private readonly imports: number
    /** Type of each function that is not imported, and its code: locals and instructions. */
    private readonly types: number[]
    private readonly codes: Uint8Array[]
    private readonly exports: { readonly name: string; readonly index: number }[] = []

    constructor(bytes: Uint8Array) {
        const reader = new Reader(bytes, 8)
        while (!reader.isAtEnd) {
            const id = reader.byte()
            this.sections.push({ id, body: reader.bytes(reader.number()) })
        }
        this.imports = this.countImports()
        this.types = vectorOf(this.body(SECTION_FUNCTION), r => r.number())
        this.codes = vectorOf(this.body(SECTION_CODE), r => r.bytes(r.number()))
        this.readNames()
    }

    /** @throws RangeError when there is no function of this name */
    indexOf(name: string): number {
        const index = this.names.get(name)
        if (index === undefined) throw new RangeError(`the VM has no function ${name}`)
        return index
    }

    /** Makes a function callable from outside. */
    export(name: string): void {
        this.exports.push({ name, index: this.indexOf(name) })
    }

    /** Gives a function other instructions; it has no locals besides its parameters. */
    replace(name: string, instructions: readonly number[]): void {
        this.codes[this.indexOf(name) - this.imports] = Uint8Array.of(0, ...instructions, OP.end)
    }

    /** Moves the code of a function to a new one. @returns the index of that */
    moveAway(name: string): number {
        const at = this.indexOf(name) - this.imports
        this.types.push(this.types[at])
        this.codes.push(this.codes[at])
        return this.imports + this.codes.length - 1
    }

    /**
     * Replaces bytes in the code of a function.
     * @param times how often they must be there
     * @throws RangeError when they are there more or less often
     */
    substitute(
        index: number,
        bytes: readonly number[],
        by: readonly number[],
        times: number
    ): void {
        const hex = (list: readonly number[]) => Buffer.from(list).toString("hex")
        const code = Buffer.from(this.codes[index - this.imports])
        const parts: Buffer[] = []
        let from = 0
        for (let at = code.indexOf(Buffer.from(bytes)); at >= 0;) {
            parts.push(code.subarray(from, at), Buffer.from(by))
            from = at + bytes.length
            at = code.indexOf(Buffer.from(bytes), from)
        }
        if (parts.length !== 2 * times)
            throw new RangeError(`function ${index} has ${hex(bytes)} ${parts.length / 2} times`)
        parts.push(code.subarray(from))
        this.codes[index - this.imports] = Buffer.concat(parts)
    }

    toBytes(): Uint8Array<ArrayBuffer> {
        const exported = vectorOf(this.body(SECTION_EXPORT), r => {
            const from = r.at
            r.bytes(r.number())
            r.byte()
            r.number()
            return r.since(from)
        })
        for (const { name, index } of this.exports)
            exported.push(
                Uint8Array.of(name.length, ...Buffer.from(name), KIND_FUNCTION, ...unsigned(index))
            )
        const changed = new Map<number, Uint8Array>([
            [SECTION_FUNCTION, vector(this.types.map(type => Uint8Array.from(unsigned(type))))],
            [SECTION_EXPORT, vector(exported)],
            [
                SECTION_CODE,
                vector(
                    this.codes.map(c => Buffer.concat([Uint8Array.from(unsigned(c.length)), c]))
                ),
            ],
        ])
        const parts: Uint8Array[] = [Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)]
        for (const { id, body } of this.sections) {
            const bytes = changed.get(id) ?? body
            parts.push(Uint8Array.of(id, ...unsigned(bytes.length)), bytes)
        }
        return Uint8Array.from(Buffer.concat(parts))
    }

    private body(id: number): Uint8Array {
        const section = this.sections.find(s => s.id === id)
        if (section === undefined) throw new RangeError(`the VM's image has no section ${id}`)
        return section.body
    }

    private countImports(): number {
        const kinds = vectorOf(this.body(SECTION_IMPORT), r => {
            r.bytes(r.number())
            r.bytes(r.number())
            const kind = r.byte()
            if (kind !== KIND_FUNCTION) throw new RangeError("the VM imports more than functions")
            r.number()
            return kind
        })
        return kinds.length
    }

    private readNames(): void {
        for (const { id, body } of this.sections) {
            if (id !== 0) continue
            const reader = new Reader(body)
            if (reader.text() !== "name") continue
            while (!reader.isAtEnd) {
                const kind = reader.byte()
                const part = reader.bytes(reader.number())
                if (kind !== NAMES_OF_FUNCTIONS) continue
                for (const [index, name] of vectorOf(part, r => [r.number(), r.text()] as const))
                    this.names.set(name, index)
            }
        }
    }
}

/** A number as WebAssembly writes those without a sign (LEB128). */
export function unsigned(value: number): number[] {
    const bytes: number[] = []
    do {
        const rest = Math.floor(value / 128)
        bytes.push((value % 128) | (rest > 0 ? 0x80 : 0))
        value = rest
    } while (value > 0)
    return bytes
}

/** Pushes a number of 32 bits. */
export function i32Const(value: number): number[] {
    const bytes: number[] = [OP.i32Const]
    for (;;) {
        const low = value & 0x7f
        value >>= 7
        const isLast = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0)
        bytes.push(isLast ? low : low | 0x80)
        if (isLast) return bytes
    }
}

function vector(items: readonly Uint8Array[]): Uint8Array {
    return Buffer.concat([Uint8Array.from(unsigned(items.length)), ...items])
}

function vectorOf<T>(bytes: Uint8Array, read: (reader: Reader) => T): T[] {
    const reader = new Reader(bytes)
    return Array.from({ length: reader.number() }, () => read(reader))
}

class Reader {
    constructor(
        private readonly all: Uint8Array,
        public at = 0
    ) {}

    get isAtEnd(): boolean {
        return this.at >= this.all.length
    }

    byte(): number {
        return this.all[this.at++]
    }

    number(): number {
        let value = 0
        for (let scale = 1; ; scale *= 128) {
            const byte = this.byte()
            value += (byte & 0x7f) * scale
            if ((byte & 0x80) === 0) return value
        }
    }

    bytes(length: number): Uint8Array {
        this.at += length
        return this.all.subarray(this.at - length, this.at)
    }

    text(): string {
        return Buffer.from(this.bytes(this.number())).toString("utf8")
    }

    since(from: number): Uint8Array {
        return this.all.subarray(from, this.at)
    }
}
