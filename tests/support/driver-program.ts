/** A small program of its own around one driver, for what samples do not show. */
import { compile } from "../../sim/program/compile.js"
import { World } from "../../sim/world/world.js"
import { type RegisterModel } from "../../src/drivers/register-model.js"

/** Stands between what the runtime prints and what the program does. */
const BEGIN = "BEGIN"

export interface DriverProgram {
    /** Folder under src/drivers. */
    readonly folder: string
    readonly className: string
    /** DeviceScript; `bus` is the simulated bus, `refuses(options)` prints why the driver takes no such options. */
    readonly body: string
    readonly models?: readonly RegisterModel[]
}

/** Runs the program for so many ms. @returns what the body printed */
export async function linesOf(program: DriverProgram, ms = 5000): Promise<string[]> {
    const { folder, className, body, models } = program
    const source = `import * as ds from "@devicescript/core"
import { openBus } from "../src/station/bus.js"
import { ${className} } from "../src/drivers/${folder}/driver.js"

const bus = openBus()
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
${body}
`
    const world = new World()
    const node = world.addNode({
        program: compile(`devs/${folder}-program.ts`, { source }),
        sensors: models ?? [],
    })
    await world.run(1000 + ms)
    const lines = node.console.map(line => line.text)
    return lines.slice(lines.indexOf(BEGIN) + 1)
}
