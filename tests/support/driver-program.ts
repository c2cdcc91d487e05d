/** Scripts around one driver, for what samples do not show. */
import { RigProgram, type RigScript } from "../../sim/parts/rig-program.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"

/** Stands between what the runtime prints and what the script does. */
const BEGIN = "BEGIN"

/**
 * A script that {@link linesOf} runs.
 * @param body DeviceScript; `bus` is the simulated bus, `refuses(options)` prints why the
 * driver takes no such options
 */
export function driverScript(folder: string, className: string, body: string): RigScript {
    return {
        imports: `import { ${className} } from "../src/drivers/${folder}/driver.js"`,
        body: `
    function refuses(options: any): void {
        try {
            new ${className}(bus, options)
            console.log("accepted")
        } catch (e) {
            console.log("refused " + (e as Error).message)
        }
    }
    await ds.sleep(1000)
    console.log("${BEGIN}")
${body}`,
    }
}

/** A node that runs a script of the program. */
export function scriptNode(
    program: RigProgram,
    script: number,
    models: readonly RegisterModel[]
): { readonly world: World; readonly node: SimNode } {
    const world = new World()
    const deviceId = RigProgram.deviceId({ script })
    return { world, node: world.addNode({ program: program.program, deviceId, sensors: models }) }
}

/** Runs a {@link driverScript}. @param ms how long @returns what its body printed */
export async function linesOf(
    program: RigProgram,
    script: number,
    models: readonly RegisterModel[] = [],
    ms = 5000
): Promise<string[]> {
    const { world, node } = scriptNode(program, script, models)
    await world.run(1000 + ms)
    const lines = node.console.map(line => line.text)
    return lines.slice(lines.indexOf(BEGIN) + 1)
}
