/**
 * Small programs that use the language in all the ways that a linker can get
 * wrong: arithmetic, branches, loops, handlers with every way out of them, closures,
 * classes with inheritance and methods of the same name, calls on undefined, two
 * operands that both fail, asynchronous calls, fibers. A program consists of cases
 * that know nothing of each other; each prints what it comes to.
 */
import { SeededRandom } from "../../sim/time/random.js"

/** Loop turns and calls are bounded, so that every case ends. */
const MAX_DEPTH = 4
const MAX_TURNS = 3

/** @param seeds one for each case; the same seed gives equal cases */
export function generatedProgram(seeds: readonly number[]): string {
    const cases = seeds.map((seed, i) => new CaseGenerator(seed, `${i}`).generate())
    return `
import * as ds from "@devicescript/core"
let fuel = 0
function burn(): void {
    fuel++
    if (fuel > 2000) throw new Error("out of fuel")
}
${cases.map(({ code }) => code).join("\n")}
async function runAll() {
${cases
    .map(
        ({ entry }) => `    fuel = 0
    try {
        console.log("=${entry}", await ${entry}(1, 2))
    } catch (e) {
        console.log("=${entry} threw", describe(e))
    }
    await ds.sleep(1)`
    )
    .join("\n")}
    console.log("=end")
}
function same(x: any): any {
    return x
}
function last(...all: any[]): any {
    return all[all.length - 1]
}
class Box {
    inner: any = undefined
    put(x: any): any {
        this.inner = x
        return this
    }
    take(): any {
        return this.inner
    }
}
class Holder {
    readonly box = new Box()
    count = 0
    next(): number {
        this.count++
        return this.count
    }
    /** What a call gave is used by the argument of another one, behind the search for its method. */
    hand(x: any): void {
        const got = this.next() + x
        this.box.put(new Carrier(got))
        const more = same(got)
        this.box.put([this.box.take().load, new Carrier(more).load, more])
    }
}
class Carrier extends Error {
    constructor(readonly load: any) {
        super("carrier")
        this.name = "Carrier"
    }
}
let shelf: any = undefined
function describe(e: any): string {
    if (e instanceof Error) return e.name + ": " + e.message
    return "" + e
}
await runAll()
`
}

interface GeneratedCase {
    readonly code: string
    /** Name of the function that runs it. */
    readonly entry: string
}

/** What may be used at a place. */
interface Scope {
    /** Locals that hold numbers and may be assigned. */
    readonly numbers: string[]
    readonly objects: string[]
    readonly depth: number
    readonly isAsync: boolean
    readonly isLoop: boolean
    /** In a function inside another one: loops' variables must not be captured. */
    readonly captured: readonly string[]
    readonly thisClass?: ClassPlan
}

interface ClassPlan {
    readonly name: string
    readonly base?: ClassPlan
    readonly methods: string[]
    readonly fields: string[]
}

class CaseGenerator {
    private readonly random: SeededRandom
    private readonly parts: string[] = []
    private readonly functions: { name: string; isAsync: boolean }[] = []
    private readonly classes: ClassPlan[] = []
    private count = 0

    constructor(
        seed: number,
        private readonly id: string
    ) {
        this.random = new SeededRandom(seed)
    }

    generate(): GeneratedCase {
        const global = `g${this.id}`
        this.parts.push(`let ${global} = ${this.below(5)}`)
        for (let i = this.below(4); i > 0; i--) this.classes.push(this.classPlan())
        const helpers = 1 + this.below(4)
        for (let i = 0; i < helpers; i++) this.parts.push(this.fn(this.chance(4)))
        for (const plan of this.classes) this.parts.push(this.classCode(plan))
        this.parts.push(this.fn(true))
        const entry = this.functions.at(-1)?.name as string
        return { code: this.parts.join("\n"), entry }
    }

    private fn(isAsync: boolean): string {
        const name = `f${this.id}_${this.functions.length}`
        const scope: Scope = {
            numbers: ["a", "b"],
            objects: [],
            depth: 0,
            isAsync,
            isLoop: false,
            captured: [],
        }
        const body = this.block(scope, 3 + this.below(5))
        const code = `${isAsync ? "async " : ""}function ${name}(a: number, b: number): ${isAsync ? "Promise<number>" : "number"} {
burn()
${body}
return ${this.number(scope)}
}`
        this.functions.push({ name, isAsync })
        return code
    }

    private classPlan(): ClassPlan {
        const base = this.chance(2) ? this.pick(this.classes) : undefined
        const own = ["step", "value", `only${this.classes.length}`].filter(() => this.chance(2))
        return {
            name: `C${this.id}_${this.classes.length}`,
            ...(base === undefined ? {} : { base }),
            methods: [...new Set([...(base?.methods ?? []), ...own])],
            fields: [...(base?.fields ?? []), `x${this.classes.length}`],
        }
    }

    private classCode({ name, base, methods, fields }: ClassPlan): string {
        const field = fields.at(-1) as string
        const plan = { name, methods, fields }
        const own = methods.filter(
            method => base?.methods.includes(method) !== true || this.chance(2)
        )
        const bodies = own.map(method => {
            const scope: Scope = {
                numbers: ["a", `this.${field}`],
                objects: [],
                depth: 2,
                isAsync: false,
                isLoop: false,
                captured: [],
                thisClass: plan,
            }
            const isOverriding = base?.methods.includes(method) === true
            return `${isOverriding ? "override " : ""}${method}(a: number): number {
burn()
${this.block(scope, this.below(3))}
return ${this.number(scope)}
}`
        })
        const start = base === undefined ? "" : `super(a + ${this.below(3)})\n`
        return `class ${name}${base === undefined ? "" : ` extends ${base.name}`} {
${field} = ${this.below(9)}
constructor(a: number) {
${start}this.${field} = this.${field} + a
}
${bodies.join("\n")}
}`
    }

    private block(scope: Scope, statements: number): string {
        const inner = { ...scope, numbers: [...scope.numbers], objects: [...scope.objects] }
        const lines: string[] = []
        for (let i = 0; i < statements; i++) lines.push(this.statement(inner))
        return lines.join("\n")
    }

    private statement(scope: Scope): string {
        const simple = [
            () => this.declaration(scope),
            () => this.assignment(scope),
            () => `console.log("=", ${this.number(scope)})`,
            () => `g${this.id} = ${this.number(scope)}`,
            () => this.arrayWork(scope),
            () => this.absolute(scope),
        ]
        if (scope.depth >= MAX_DEPTH) return this.pick(simple)()
        const deeper = { ...scope, depth: scope.depth + 1 }
        return this.pick([
            ...simple,
            ...simple,
            () => this.branch(deeper),
            () => this.loop(deeper),
            () => this.handler(deeper),
            () => this.exit(scope),
            () => this.objectWork(scope),
            () => this.twoFailures(scope),
            () => this.handOver(scope),
            () => this.closure(deeper),
            () => this.fiber(deeper),
        ])()
    }

    private declaration(scope: Scope): string {
        const name = this.newName("v")
        const code = `let ${name} = ${this.number(scope)}`
        scope.numbers.push(name)
        return code
    }

    private assignment(scope: Scope): string {
        const target = this.pick(scope.numbers)
        return `${target} = ${this.number(scope)}`
    }

    /** What the linker has an instruction for. */
    private absolute(scope: Scope): string {
        const target = this.pick(scope.numbers)
        const other = this.newName("abs")
        const code = this.pick([
            `if (${target} < 0) ${target} = -${target}`,
            `let ${other} = ${target} < 0 ? -${target} : ${target}\n${target} = ${other}`,
            `let ${other} = ${this.condition(scope)} ? 1 : 0\n${target} = ${other}`,
            `let ${other} = ${this.condition(scope)} ? false : true\nif (${other}) ${target} = 7`,
        ])
        return code
    }

    private branch(scope: Scope): string {
        const other = this.chance(2) ? ` else {\n${this.block(scope, 1 + this.below(2))}\n}` : ""
        return `if (${this.condition(scope)}) {\n${this.block(scope, 1 + this.below(3))}\n}${other}`
    }

    private loop(scope: Scope): string {
        const i = this.newName("i")
        const inner = { ...scope, isLoop: true, captured: [...scope.captured, i] }
        const body = this.block({ ...inner, numbers: [...scope.numbers] }, 1 + this.below(3))
        if (this.chance(2))
            return `for (let ${i} = 0; ${i} < ${1 + this.below(MAX_TURNS)}; ${i}++) {\nburn()\n${body}\n}`
        return `let ${i} = ${1 + this.below(MAX_TURNS)}
while (${i} > 0 && ${this.condition(scope)}) {
burn()
${i}--
${body}
}`
    }

    private handler(scope: Scope): string {
        const body = this.block(scope, 1 + this.below(3))
        const hasCatch = this.chance(3) === false
        const caught = hasCatch
            ? ` catch (e) {\nconsole.log("=caught", describe(e))\n${this.block(scope, this.below(3))}\n}`
            : ""
        const last =
            !hasCatch || this.chance(3)
                ? ` finally {\n${this.block(scope, 1 + this.below(2))}\n}`
                : ""
        return `try {\n${body}\n}${caught}${last}`
    }

    /** Leaves a block: return, throw, break, continue. */
    private exit(scope: Scope): string {
        const ways = [
            `if (${this.condition(scope)}) return ${this.number(scope)}`,
            `if (${this.condition(scope)}) throw new RangeError("r" + ${this.number(scope)})`,
            `if (${this.condition(scope)}) throw ${this.number(scope)}`,
        ]
        if (scope.isLoop)
            ways.push(
                `if (${this.condition(scope)}) break`,
                `if (${this.condition(scope)}) continue`
            )
        return this.pick(ways)
    }

    private arrayWork(scope: Scope): string {
        const name = this.newName("arr")
        return `const ${name} = [${this.number(scope)}, ${this.number(scope)}]
${name}.push(${this.number(scope)})
${this.pick(scope.numbers)} = ${name}[${this.below(4)}] + ${name}.length`
    }

    private objectWork(scope: Scope): string {
        const plan = this.pick(this.classes)
        if (plan === undefined || scope.thisClass !== undefined) return this.declaration(scope)
        const inner = { ...scope, numbers: [...scope.numbers] }
        const name = this.newName("o")
        const made = this.chance(6)
            ? `undefined as ${plan.name}`
            : `new ${plan.name}(${this.number(scope)})`
        const way = this.newName("way")
        const lines = [`const ${way} = ${made}`, ...this.carry(way, name, plan.name, scope)]
        for (const method of plan.methods) {
            const value = this.newName("m")
            lines.push(
                this.pick([
                    `let ${value} = ${name}.${method}(${this.number(inner)})`,
                    `let ${value} = ${name}?.${method}(${this.number(inner)}) ?? -1`,
                    `const d${value} = ${name}.${method}\nlet ${value} = d${value}(${this.number(inner)})`,
                ])
            )
            inner.numbers.push(value)
        }
        if (plan.base !== undefined)
            lines.push(`console.log("=", ${name} instanceof ${plan.base.name})`)
        const map = this.newName("map")
        const key = this.newName("k")
        lines.push(
            `const ${map}: any = { p: ${this.number(inner)}, q: ${this.number(inner)} }`,
            `const ${key} = ${this.condition(inner)} ? "p" : "q"`,
            `console.log("=", ${map}[${key}], ${name} === undefined)`
        )
        return `try {\n${lines.join("\n")}\n} catch (e) {\nconsole.log("=object", errorName(e))\n}`.replace(
            "errorName(e)",
            "e instanceof TypeError ? 'type' : describe(e)"
        )
    }

    /** Results of calls as arguments of calls on members. */
    private handOver(scope: Scope): string {
        const holder = this.newName("h")
        const got = this.newName("got")
        const call = this.callOf(scope, () => this.number(scope, 2))
        return `const ${holder} = new Holder()
${holder}.hand(${this.number(scope, 1)})
const ${got} = ${call}
${holder}.box.put(${this.pick([
            `new Carrier(${got})`,
            `[${got}, ${holder}.next()]`,
            `same(new Box().put(${got}))`,
        ])})
console.log("=", ${holder}.box.take() === undefined, ${got}, ${holder}.count)`
    }

    /** An object takes a way through the program before it is used: its class must not get lost. */
    private carry(from: string, to: string, type: string, scope: Scope): string[] {
        const t = this.newName("w")
        const ways = [
            [`const ${to} = ${from}`],
            [`const ${to} = same(${from}) as ${type}`],
            [`const ${t} = [${from}]`, `const ${to} = ${t}[0]`],
            [
                `const ${t}: any[] = []`,
                `${t}.push(1, ${from})`,
                `const ${to} = ${t}.pop() as ${type}`,
            ],
            [`const ${t}: any = { x: ${from} }`, `const ${to} = ${t}.x as ${type}`],
            [
                `const ${t}: any = {}`,
                `${t}["a" + ${this.below(3)}] = ${from}`,
                `const ${to} = ${t}["a0"] as ${type}`,
            ],
            [`const ${t} = () => ${from}`, `const ${to} = ${t}()`],
            [`const ${to} = last(1, ${from}) as ${type}`],
            [`const ${to} = new Box().put(${from}).take() as ${type}`],
            [`shelf = ${from}`, `const ${to} = shelf as ${type}`],
            [
                `const ${t} = Object.values({ only: ${from} }) as any[]`,
                `const ${to} = ${t}[0] as ${type}`,
            ],
            [
                `const ${t}: any = Object.assign({}, { x: ${from} })`,
                `const ${to} = ${t}.x as ${type}`,
            ],
            [`const ${t} = [${from}].map(x => x)`, `const ${to} = ${t}[0]`],
            [
                `let ${t}: any = undefined`,
                `try {`,
                `throw new Carrier(${from})`,
                `} catch (e) {`,
                `${t} = e`,
                `}`,
                `const ${to} = ${t}.load as ${type}`,
            ],
        ]
        if (scope.isAsync && !scope.isLoop)
            ways.push([
                `const ${t} = ds.Fiber.self()`,
                `const x${t} = async () => {`,
                `await ds.sleep(1)`,
                `${t}.resume(${from})`,
                `}`,
                `x${t}.start()`,
                `const ${to} = (await ds.suspend(100)) as ${type}`,
            ])
        // Closures must not know what a loop declares.
        return this.pick(scope.isLoop ? ways.filter(way => !way.join().includes("=>")) : ways)
    }

    /** Both operands fail: the first one counts. */
    private twoFailures(scope: Scope): string {
        const name = this.newName("u")
        return `try {
const ${name}: any = undefined
${this.pick(scope.numbers)} = ${this.pick([
            `${name}.left + ${name}.right`,
            `fails${this.failing("left")}() + ${name}.right`,
            `${name}.left + fails${this.failing("right")}()`,
            `[${name}.left, ${name}.right].length`,
        ])}
} catch (e) {
console.log("=two", describe(e))
}`
    }

    /** @returns the number of a function that throws this text */
    private failing(text: string): string {
        const name = `${this.id}_${this.count++}`
        this.parts.push(
            `function fails${name}(): number {\nthrow new Error("${text}" + g${this.id})\n}`
        )
        return name
    }

    private closure(scope: Scope): string {
        if (scope.thisClass !== undefined || scope.isLoop) return this.declaration(scope)
        const total = this.newName("t")
        const name = this.newName("c")
        return `let ${total} = ${this.number(scope)}
const ${name} = (x: number) => {
burn()
${total} += x
return ${total} * ${1 + this.below(3)}
}
${this.pick(scope.numbers)} = ${name}(${this.number(scope)}) + ${name}(${this.below(4)})
console.log("=closure", ${total})`
    }

    private fiber(scope: Scope): string {
        if (!scope.isAsync || scope.thisClass !== undefined || scope.isLoop)
            return this.assignment(scope)
        const done = this.newName("done")
        return `let ${done} = 0
const w${done} = async (x: number) => {
await ds.sleep(${1 + this.below(20)})
${done} = x + 1
}
w${done}.start(${this.number(scope)})
await ds.sleep(${this.below(30)})
${this.pick(scope.numbers)} = ${done}`
    }

    private condition(scope: Scope, depth = 0): string {
        if (depth > 1) return `${this.number(scope, 2)} < ${this.number(scope, 2)}`
        return this.pick([
            () => `${this.number(scope, 1)} < ${this.number(scope, 1)}`,
            () => `${this.number(scope, 1)} === ${this.number(scope, 1)}`,
            () => `${this.number(scope, 1)} >= ${this.number(scope, 1)}`,
            () => `!(${this.condition(scope, depth + 1)})`,
            () => `(${this.condition(scope, depth + 1)} && ${this.condition(scope, depth + 1)})`,
            () => `(${this.condition(scope, depth + 1)} || ${this.condition(scope, depth + 1)})`,
        ])()
    }

    private number(scope: Scope, depth = 0): string {
        const leaf = [
            () => `(${this.below(7) - 3} as number)`,
            () => this.pick(scope.numbers),
            () => this.pick(scope.numbers),
            () => `g${this.id}`,
            () => `(${this.pick(["1000", "70000", "-129", "2147483647", "0.5"])} as number)`,
        ]
        if (depth >= 2) return this.pick(leaf)()
        const sub = () => this.number(scope, depth + 1)
        return this.pick([
            ...leaf,
            ...leaf,
            () => `(${sub()} ${this.pick(["+", "-", "*"])} ${sub()})`,
            () => `(${sub()} ${this.pick(["+", "-", "*"])} ${sub()})`,
            () => `(${sub()} ${this.pick(["&", "|", "^", "<<", ">>", ">>>"])} ${sub()})`,
            () => `(${this.condition(scope, 1)} ? ${sub()} : ${sub()})`,
            () => `Math.min(${sub()}, ${sub()})`,
            () => this.callOf(scope, sub),
            () => this.callOf(scope, sub),
        ])()
    }

    private callOf(scope: Scope, argument: () => string): string {
        // Functions make objects: a method that called them could call itself.
        if (scope.thisClass !== undefined) return argument()
        const known = this.functions.filter(({ isAsync }) => scope.isAsync || !isAsync)
        const called = this.pick(known)
        if (called === undefined) return argument()
        const call = `${called.name}(${argument()}, ${argument()})`
        return called.isAsync ? `(await ${call})` : call
    }

    private newName(kind: string): string {
        return `${kind}${this.count++}`
    }

    private below(n: number): number {
        return this.random.uint32() % n
    }

    /** True once in N times. */
    private chance(n: number): boolean {
        return this.below(n) === 0
    }

    private pick<T>(from: readonly T[]): T {
        return from[this.below(from.length)]
    }
}
