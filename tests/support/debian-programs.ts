/**
 * Programs that Debian packages under their own name and that tests may run
 * (`describeWith`). Where one is missing its tests are skipped, and the end of the run
 * says so; .ci/run installs them all and lets nothing be skipped.
 */
import { spawnSync } from "node:child_process"
import path from "node:path"

export const DEBIAN_PROGRAMS = [
    "chromium",
    "faketime",
    "mosquitto",
    "nats-server",
    "openssl",
] as const
export type DebianProgram = (typeof DEBIAN_PROGRAMS)[number]

/** Debian puts servers where only root's PATH looks. */
export const PATH = [process.env["PATH"], "/usr/sbin", "/usr/local/sbin"].join(path.delimiter)

const found = new Map<DebianProgram, boolean>()

export function hasProgram(program: DebianProgram): boolean {
    const known = found.get(program)
    if (known !== undefined) return known
    const { error } = spawnSync(program, ["-h"], { env: { ...process.env, PATH } })
    found.set(program, error === undefined)
    return error === undefined
}
