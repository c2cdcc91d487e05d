/**
 * Runs a function of one 16-bit integer over its inputs in the VM, so that what
 * was proven of it in Node holds for the board's number arithmetic too.
 */
import { World } from "../world/world.js"
import { RigProgram } from "./rig-program.js"

/**
 * @param sweep index in the program
 * @returns a digest of all results; compare with {@link sweepHere}
 */
export async function sweepInVm(program: RigProgram, sweep: number): Promise<number> {
    const world = new World()
    const node = world.addNode({
        program: program.program,
        deviceId: RigProgram.deviceId({ sweep }),
    })
    let digest: number | undefined
    node.onConsole = line => {
        const match = /^DIGEST (-?\d+)$/.exec(line)
        if (match !== null) digest = Number(match[1])
    }
    await world.runUntil(() => digest !== undefined, 600_000)
    if (digest === undefined) throw new Error(`sweep ${sweep} did not finish`)
    return digest
}

/** The same digest of a function that runs in Node: a polynomial in 31, modulo 2³². */
export function sweepHere(convert: (input: number) => number, step: number): number {
    let digest = 1
    for (let input = 0; input < 65536; input += step)
        digest = (Math.imul(digest, 31) + convert(input)) | 0
    return digest
}
