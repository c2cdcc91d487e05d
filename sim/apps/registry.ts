/** The kit applications that can be simulated, where each is, and all that can be built. */
import { readdirSync } from "node:fs"
import { ownOrToolkit, projectRoot } from "../program/project.js"
import { type PlaceKind } from "../worlds/place.js"
import { placeKind } from "../worlds/registry.js"
import { type KitApp } from "./app.js"
import { indoorClimate } from "./indoor-climate.js"
import { useOf } from "./uses.js"

/** Those with recordings of their own. */
const RECORDED: readonly KitApp[] = [indoorClimate]

/** Names of the programs in devs/, of the project and, where it has none, of the toolkit. */
export function appNames(root = projectRoot()): string[] {
    return readdirSync(ownOrToolkit("devs", root))
        .filter(file => file.endsWith(".ts") && !file.endsWith(".d.ts"))
        .map(file => file.slice(0, -".ts".length))
        .sort()
}

/** @returns the simulated surroundings of an application that has recordings */
export function simulatedApp(name: string): KitApp | undefined {
    return RECORDED.find(app => app.name === name)
}

/** @returns where an application of the toolkit is, if that is a place */
export function placeOfApp(name: string): PlaceKind | undefined {
    const use = useOf(name)
    return use === undefined ? undefined : placeKind(use.place)
}
