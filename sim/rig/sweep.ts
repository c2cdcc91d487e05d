/**
 * Runs functions of one 16-bit integer over all their inputs in the VM, so that
 * what was proven of them in Node holds for the board's number arithmetic too.
 */
import { compile } from "../program/compile.js"
import { World } from "../world/world.js"

/**
 * @param module path from the project's root, without extension: "src/drivers/sht4x/conversion"
 * @param names the exported functions; each takes and gives an integer
 * @param args what they are called with, as source: "input - 32768, 3"
 * @param pauseEvery calls between two pauses, a power of two: the VM runs 131,072 opcodes without one
 * @returns per function, a digest of all 65,536 results; compare with {@link sweepHere}
 */
export async function sweepInVm(
    module: string,
    names: readonly string[],
    args = "input",
    pauseEvery = 128
): Promise<number[]> {
    const world = new World()
    const program = compile("devs/sweep.ts", {
        source: sweepSource(module, names, args, pauseEvery),
    })
    const node = world.addNode({ program })
    const digests: number[] = []
    node.onConsole = line => {
        const match = /^DIGEST (-?\d+)$/.exec(line)
        if (match !== null) digests.push(Number(match[1]))
    }
    if (!(await world.runUntil(() => digests.length === names.length, 600_000)))
        throw new Error(`${module}: ${names[digests.length]} did not finish`)
    return digests
}

/** The same digest of a function that runs in Node: a polynomial in 31, modulo 2³². */
export function sweepHere(convert: (input: number) => number): number {
    let digest = 1
    for (let input = 0; input < 65536; input++)
        digest = (Math.imul(digest, 31) + convert(input)) | 0
    return digest
}

function sweepSource(
    module: string,
    names: readonly string[],
    args: string,
    pauseEvery: number
): string {
    const sweeps = names.map(
        name => `
digest = 1
for (let input = 0; input < 65536; input++) {
    digest = (Math.imul(digest, 31) + ${name}(${args})) | 0
    if ((input & ${pauseEvery - 1}) === 0) await ds.sleep(1)
}
console.log("DIGEST " + digest)
`
    )
    return `import * as ds from "@devicescript/core"
import { ${names.join(", ")} } from "../${module}.js"

let digest = 1
${sweeps.join("")}`
}
