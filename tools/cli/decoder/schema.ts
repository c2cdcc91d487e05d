/** The schema of an app, as its node publishes it. */
import { parseSchema, parseTopic, type Schema } from "../../decoder/index.js"
import { compile } from "../../../sim/program/compile.js"
import { LEAF_SCHEMA } from "../../../src/core/protocol/topics.js"
import { minutes } from "../../../sim/time/duration.js"
import { simulatedApp } from "../../../sim/apps/registry.js"
import { type KitApp } from "../../../sim/apps/app.js"
import { type Program } from "../../../sim/program/program.js"
import { appFile, compileNamed, type NamedProgram } from "../apps.js"
import { UsageError } from "../errors.js"
import { SimSession } from "../sim/session.js"

/** A node says what it sends within this time, ms. */
const RECORD_MS = minutes(2)

/** @param name file in devs/ @throws UsageError when it cannot be simulated, or publishes none */
export async function schemaOfApp(name: string): Promise<Schema> {
    const app = simulatedApp(name)
    if (app === undefined)
        throw new UsageError(
            `${name} cannot be simulated; give its schema record with --schema FILE instead`
        )
    return schemaOf(name, app, compile(appFile(name)))
}

/** The same of any program. */
export function schemaOfProgram(named: NamedProgram, app: KitApp): Promise<Schema> {
    return schemaOf(named.called, app, compileNamed(named))
}

async function schemaOf(name: string, app: KitApp, program: Program): Promise<Schema> {
    let found: Schema | undefined
    const session = await SimSession.open({
        app,
        program,
        runMs: RECORD_MS,
        onMessage: (topic, payload) => {
            if (parseTopic(topic)?.leaf === LEAF_SCHEMA) found = parseSchema(payload)
        },
    })
    try {
        await session.run(RECORD_MS)
    } finally {
        await session.close()
    }
    if (found === undefined) throw new UsageError(`${name} publishes no schema: it sends no frames`)
    return found
}
