/**
 * Device code as it should be: the compiler takes it, Node gives the same
 * result, and no rule may complain about it.
 */
export const ALLOWED = `

enum Mode {
    idle,
    busy,
}

interface Options {
    first?: number
    name: string
}

class Base {
    count = 0

    constructor(protected readonly names: string[]) {}

    protected add(by: number): void {
        this.count += by
    }
}

class Part extends Base {
    mode = Mode.idle

    constructor(options?: Options) {
        super([options?.name ?? "part"])
        const first = options?.first ?? 4
        if (first !== 0 && this.names.length > 0) this.add(first)
    }

    async run(): Promise<number> {
        const self = this
        const values = [3, 1, 2].map(v => v + self.count)
        values.sort((a, b) => a - b)
        await nothing()
        this.mode = Mode.busy
        return values.reduce((sum, v) => sum + v, 0)
    }
}

async function nothing(): Promise<void> {}

function sum(...values: number[]): number {
    let total = 0
    for (const v of values) total = total + v
    return total
}

function remainder(a: number, b: number): number {
    return a - Math.floor(a / b) * b
}

function closures(list: number[]): (() => number)[] {
    const made: (() => number)[] = []
    list.forEach(v => {
        made.push(() => v)
    })
    return made
}

async function main(): Promise<void> {
    const part = new Part({ name: "a", first: 2 })
    const { count, names: found } = part as unknown as { count: number; names: string[] }
    const total = await part.run()
    const bytes = Buffer.from([1, 2, 3, 4])
    const tail = bytes.slice(bytes.length - 2)
    const spread = sum(...[1, 2, 3])
    const outer = Math.max(Math.max(total, spread), closures([5, 6])[1]())
    console.log("=" + count + " " + found[0] + " " + total + " " + tail.length + " " + outer)
    console.log(\`=\${remainder(7, 4)} \${part.mode === Mode.busy ? "busy" : "idle"}\`)
    try {
        throw new RangeError("expected")
    } catch (e) {
        if (e instanceof Error) console.log("=" + e.message)
    }
}

await main()
`
/** What the module above prints on the board. */
export const ALLOWED_OUTPUT = ["2 a 12 2 12", "3 busy", "expected"]
