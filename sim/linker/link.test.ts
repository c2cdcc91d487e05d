/** The linker as a whole, on compiled programs. */
import { describe, expect, it } from "vitest"
import { compile, theCompiler } from "../program/compile.js"
import { placeOfPosition, type Program } from "../program/program.js"
import { World } from "../world/world.js"
import { codeEnd, codeOverflow } from "./check.js"
import { readImage } from "./image.js"
import { LinkError } from "./ir.js"
import { lift } from "./lift.js"
import { link } from "./link.js"
import { listing } from "./listing.js"

const TARGET = { target: "simulator", heapBytes: 65_536, beatPin: 16 } as const

function compiled(source: string): Program {
    return compile("devs/linker-test.ts", { source, linked: false })
}

function linked(program: Program): Program {
    return link(program, theCompiler().BUILTIN_STRING__VAL, TARGET)
}

function names(program: Program): string[] {
    return program.debug.functions.map(({ name }) => name)
}

/** @returns what the program prints, and how it ended */
async function run(program: Program): Promise<string[]> {
    const world = new World({ allowPanics: true })
    const node = world.addNode({ program })
    const lines: string[] = []
    node.onConsole = line => lines.push(line)
    await world.run(2000)
    world.close()
    return lines.filter(line => line.startsWith("=") || line.startsWith(" "))
}

async function expectSame(source: string): Promise<{ program: Program; lines: string[] }> {
    const plain = compiled(source)
    const program = linked(plain)
    const lines = await run(program)
    expect(lines).toEqual(await run(plain))
    return { program, lines }
}

const CLASSES = `
class Animal {
    constructor(readonly name: string) {}
    speak(): string { return this.name + " " + this.sound() }
    sound(): string { return "?" }
    unused(): string { return "never" }
}
class Dog extends Animal {
    override sound(): string { return "wuff" }
}
class Cat extends Animal {
    override sound(): string { return "miau" }
}
class Ghost {
    haunt(): string { return "huh" }
}
`

describe("methods", () => {
    it("that cannot be called go, and classes that are never made with them", async () => {
        const { program, lines } = await expectSame(`${CLASSES}
for (const a of [new Dog("Rex"), new Cat("Mia")]) console.log("=", a.speak())`)
        expect(lines).toEqual(["=Rex wuff", "=Mia miau"])
        expect(names(program)).not.toContain("unused")
        expect(names(program)).not.toContain("haunt")
        expect(names(program), "sound() depends on the object").toContain("sound")
    })

    it("stay when a name that is computed can reach them, and the report says where", async () => {
        const { program } = await expectSame(`${CLASSES}
import { readSetting } from "@devicescript/settings"
const dog: any = new Dog("Rex")
const wanted: string = (await readSetting("which", "so")) + "und"
console.log("=", dog[wanted]())`)
        expect(names(program)).toContain("unused")
        const [use] = program.linked?.computedNames ?? []
        expect(use.function).toBe("main")
        const place = placeOfPosition(program.debug, use.position)
        expect(`${place?.file}:${place?.line}`).toBe("devs/linker-test.ts:21")
    })

    it("are found through a key that is a constant, through numbers and through Object.values", async () => {
        const { program } = await expectSame(`${CLASSES}
const dog: any = new Dog("Rex")
const list: any[] = [dog, new Cat("Mia")]
const made: any = Object.values({ only: new Cat("Tom") })
console.log("=", dog["sound"](), list[1].sound(), made[0].speak())`)
        expect(program.linked?.computedNames).toEqual([])
    })

    it("called by the runtime and by the names of service packets stay", async () => {
        const source = `
import * as ds from "@devicescript/core"
import { Server, startServer } from "@devicescript/server"
class Light extends Server {
    level = 0.25
    constructor() { super(ds.LightLevel.spec) }
    reading() { return this.level }
    set_streamingInterval(v: number) { console.log("=", v) }
    neverCalled() { return 1 }
}
startServer(new Light())
await ds.sleep(100)
console.log("= up")`
        const { program } = await expectSame(source)
        expect(names(program)).toEqual(
            expect.arrayContaining(["reading", "set_streamingInterval", "_onServerPacket"])
        )
        expect(names(program)).not.toContain("neverCalled")
    })

    it("called on undefined fail before anything happens, with the same error", async () => {
        const { lines } = await expectSame(`
let done = 0
class Counter {
    n = 0
    add(by: number): number { this.n += by; return this.n }
    late(by: number): number { done = by; return this.n }
}
function fails(c: Counter, late: boolean): string {
    try { return "" + (late ? c.late(3) : c.add(2)) }
    catch (e) { return e instanceof TypeError ? "TypeError" : "other" }
}
const c = new Counter()
console.log("=", fails(c, false), fails(undefined, false), fails(undefined, true), done, fails(c, true), done)`)
        expect(lines).toEqual(["=2 TypeError TypeError 0 2 3"])
    })

    it("on a member keep the result of a call that their argument takes", async () => {
        const { lines } = await expectSame(`
class Note { constructor(readonly text: string) {} }
class Sink {
    last: Note = undefined
    take(note: Note): void { this.last = note }
    show(a: string, note: Note): string { return a + note.text }
}
class Owner {
    readonly sink = new Sink()
    n = 0
    make(): string { this.n++; return "note " + this.n }
    run(): void { const text = this.make(); this.sink.take(new Note(text)) }
    tell(): string { const text = this.make(); return this.sink.show(text, new Note(text)) }
}
const owner = new Owner()
owner.run()
console.log("=", owner.sink.last.text, owner.tell())`)
        expect(lines).toEqual(["=note 1 note 2note 2"])
    })

    it("read as values are bound to their object", async () => {
        const { lines } = await expectSame(`${CLASSES}
const speak = new Dog("Rex").speak
const all = [speak, new Cat("Mia").speak]
console.log("=", speak(), all.map(f => f()).join(" "))`)
        expect(lines).toEqual(["=Rex wuff Rex wuff Mia miau"])
    })
})

const STATION = `
interface Options { readonly name: string; pace?: Pace; limit?: number; onRow?: (n: number) => void }
class Pace { constructor(readonly every: number) {} accepts(n: number): boolean { return n % this.every === 0 } }
class Station {
    rows = 0
    readonly limit: number
    private readonly pace: Pace
    constructor(private readonly options: Options) {
        this.limit = options.limit ?? 7
        this.pace = options.pace
    }
    row(n: number): void {
        if (this.pace !== undefined && !this.pace.accepts(n)) return
        if (n <= this.limit) this.rows++
        const { onRow } = this.options
        if (onRow !== undefined) onRow(n)
    }
    text(): string { return this.options.name + " " + this.rows + " of " + this.limit }
}
function run(options: Options): void {
    const station = new Station(options)
    for (let n = 0; n < 10; n++) station.row(n)
    console.log("=", station.text())
}
`

describe("what a program does not name", () => {
    it("costs no code: tests for it are decided, and what would be done with it goes", async () => {
        const plain = await expectSame(`${STATION}
run({ name: "a" })
run({ name: "b" })`)
        expect(plain.lines).toEqual(["=a 8 of 7", "=b 8 of 7"])
        const code = lift(readImage(plain.program.bytecode), plain.program.debug)
        const texts = code.functions.flatMap(fn => listing(fn)).join("\n")
        expect(texts).not.toMatch(/accepts|L1\.pace|unless .*(pace|onRow)|call L/)
        const named = await expectSame(`${STATION}
let seen = 0
run({ name: "a", pace: new Pace(2), limit: 4, onRow: n => { seen += n } })
run({ name: "b" })
console.log("=", seen)`)
        expect(named.lines).toEqual(["=a 3 of 4", "=b 8 of 7", "=20"])
        expect(codeEnd(named.program.bytecode)).toBeGreaterThan(
            codeEnd(plain.program.bytecode) + 40
        )
    })

    it("is told apart from null, false, 0 and the empty text", async () => {
        const { lines } = await expectSame(`
function kind(x?: any): string { return x === undefined ? "none" : x === null ? "null" : typeof x }
class Box { a: any = null; b: any = false; c: any = 0; d: any = ""; e: any = undefined; f: any }
const box = new Box()
console.log("=", kind(box.a), kind(box.b), kind(box.c), kind(box.d), kind(box.e), kind(box.f))
console.log("=", box.a ?? 1, box.b ?? 1, box.c ?? 1, box.e ?? 1, box.a?.x === undefined, box.e?.x ?? 2)`)
        expect(lines).toEqual(["=null boolean number string none none", "=1 false 0 1 true 2"])
    })

    it("is not what comes late: by fibers, arrays, JSON, other names, exceptions and closures", async () => {
        const { lines } = await expectSame(`
import * as ds from "@devicescript/core"
class Late { value: any = undefined; own: any = undefined; from: any = undefined }
const late = new Late()
const list: any[] = []
function fill(): void { list.push({ deep: 5 }) }
const set = (v: number) => { late.value = v }
async function other(fiber: ds.Fiber): Promise<void> { await ds.sleep(5); fiber.resume({ told: 6 }) }
console.log("=", late.value ?? "-", late.own ?? "-")
set(3)
fill()
Object.assign(late, { own: 4 })
other.start(ds.Fiber.self())
const woken: any = await ds.suspend<any>(1000)
const parsed: any = JSON.parse('{"any": {"name": 7}}')
try { throw { code: 8 } } catch (e) { late.from = (e as any).code }
console.log("=", late.value ?? "-", late.own ?? "-", list[0].deep ?? "-", woken.told ?? "-")
console.log("=", parsed.any.name ?? "-", parsed.none ?? "-", late.from ?? "-")`)
        expect(lines).toEqual(["=- -", "=3 4 5 6", "=7 - 8"])
    })

    it("is not a pin of the board, whose name only the program has", async () => {
        const { program } = await expectSame(`
import { pins } from "@dsboard/suitcase_pico_w"
interface Options { pin?: any; other?: any }
function number(o: Options): string { return o.pin ? "pin " + o.pin.gpio : "none" }
console.log("=", number({ pin: pins.GP16 }))`)
        const { functions } = lift(readImage(program.bytecode), program.debug)
        const texts = functions.flatMap(fn => listing(fn)).join("\n")
        expect(texts).toMatch(/"pin" *\] := builtin_object.GP16/)
        expect(texts).toMatch(/pin /)
    })

    it("still fails where it is a member of undefined", async () => {
        const { lines } = await expectSame(`
interface Options { never?: number; inner?: Options }
function read(o: Options): string {
    try { return "" + (o.inner.never === undefined) } catch (e) { return e instanceof TypeError ? "TypeError" : "other" }
}
console.log("=", read({ inner: {} }), read({}), read(undefined))`)
        expect(lines).toEqual(["=true TypeError TypeError"])
    })

    it("is not taken for what methods see that are called by the names of service packets", async () => {
        const { program } = await expectSame(`
import * as ds from "@devicescript/core"
import { Server, startServer } from "@devicescript/server"
class Light extends Server {
    level = 0.25
    constructor() { super(ds.LightLevel.spec) }
    reading() { return this.level }
}
startServer(new Light())
console.log("= up")`)
        const code = lift(readImage(program.bytecode), program.debug)
        const reading = code.functions.find(({ name }) => name === "reading")
        expect(listing(reading as (typeof code.functions)[number])).toEqual(["return L0.level"])
    })
})

describe("traces", () => {
    it("name function, file and line of code that was put into another function", async () => {
        const source = `
import { sleep } from "@devicescript/core"
class Level {
    limit = 2
    add(v: number): number {
        return this.check(v) + 1
    }
    check(v: number): number {
        if (v > this.limit) throw new RangeError("too high: " + v)
        return v
    }
}
const level = new Level()
for (let i = 0; i < 5; i++) {
    await sleep(1)
    console.log("=", level.add(i))
}`
        const { program, lines } = await expectSame(source)
        expect(names(program)).not.toContain("check")
        expect(lines.slice(-4)).toEqual([
            " message: too high: 3",
            " at check (devs/linker-test.ts:9:29)",
            " at add (devs/linker-test.ts:6:9)",
            " at main (devs/linker-test.ts:16:5)",
        ])
    })
})

describe("the gates", () => {
    const program = compiled(`${CLASSES}\nconsole.log("=", new Dog("Rex").speak())`)

    it("refuse what is no program, an unknown instruction and a jump into a statement", () => {
        const broken = (at: number, byte: number): Program => {
            const bytecode = Uint8Array.from(program.bytecode)
            bytecode[at] = byte
            return { ...program, bytecode }
        }
        const codeAt = 112 + readImage(program.bytecode).sections.functions.length
        expect(() => linked(broken(0, 0))).toThrow(LinkError)
        expect(() => linked(broken(codeAt, 0x7f))).toThrow(/no instruction 127/)
        const jump = program.bytecode.indexOf(13, codeAt)
        expect(() => linked(broken(jump + 3, program.bytecode[jump + 3] ^ 1))).toThrow(LinkError)
    })

    it("refuse references to functions and texts that there are not", () => {
        const image = readImage(program.bytecode)
        const cut = { ...image, sections: { ...image.sections, asciiTexts: new Uint8Array(0) } }
        expect(() => lift(cut, program.debug)).toThrow(/no text/)
    })

    it("refuse to link twice", () => {
        expect(() => linked(linked(program))).toThrow("linked already")
    })

    it("say how far code is beyond the VM's reach", () => {
        const bytecode = Uint8Array.from(program.bytecode)
        const view = new DataView(bytecode.buffer)
        const over = 1000 + 65_532 - codeEnd(bytecode)
        view.setUint32(44, view.getUint32(44, true) + over, true)
        expect(codeOverflow(bytecode)).toContain("1,000 B above the 65,532 B")
        expect(codeOverflow(program.bytecode)).toBeUndefined()
    })
})

describe("switched off", () => {
    it("leaves the program as compiled", () => {
        const source = `console.log("=", 1)`
        const before = process.env["SUITCASE_LINKER"]
        process.env["SUITCASE_LINKER"] = "off"
        try {
            const program = compile("devs/linker-test.ts", { source })
            expect(program.linked).toBeUndefined()
            expect(program.bytecode).toEqual(compiled(source).bytecode)
        } finally {
            if (before === undefined) delete process.env["SUITCASE_LINKER"]
            else process.env["SUITCASE_LINKER"] = before
        }
    })
})
