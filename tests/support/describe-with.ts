import { describe } from "vitest"
import { needs } from "../runner/needs.js"
import { hasProgram, type DebianProgram } from "./debian-programs.js"

/** A `describe` whose tests need a program; without it they are skipped by name. */
export function describeWith(program: DebianProgram, name: string, tests: () => void): void {
    if (hasProgram(program)) describe(name, tests)
    else describe.skip(`${name} ${needs(program)}`, tests)
}
