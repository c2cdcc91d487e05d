/** The kit applications that can be simulated, and all that can be built. */
import { readdirSync } from "node:fs"
import { ownOrToolkit, projectRoot } from "../program/project.js"
import { type KitApp } from "./app.js"
import { indoorClimate } from "./indoor-climate.js"

const SIMULATED: readonly KitApp[] = [indoorClimate]

/** Names of the programs in devs/, of the project and, where it has none, of the toolkit. */
export function appNames(root = projectRoot()): string[] {
    return readdirSync(ownOrToolkit("devs", root))
        .filter(file => file.endsWith(".ts") && !file.endsWith(".d.ts"))
        .map(file => file.slice(0, -".ts".length))
        .sort()
}

/** @returns the simulated surroundings of an application, if it has any */
export function simulatedApp(name: string): KitApp | undefined {
    return SIMULATED.find(app => app.name === name)
}
