/** Runtimes in files and folders: which of them is for a board, by what is in them. */
import { readFileSync, readdirSync, statSync } from "node:fs"
import path from "node:path"
import { type BoardProfile } from "../../../../sim/board/profile.js"
import { layoutOf } from "../../../flash/chips.js"
import { ImageError } from "../../../flash/image-error.js"
import { runtimeSegments } from "../../../flash/runtime-image.js"
import { UsageError } from "../../errors.js"

interface RuntimeFile {
    readonly file: string
    readonly bytes: Uint8Array
}

/**
 * The runtime among these files that is for a board.
 *
 * @param paths of files and folders
 * @throws ImageError that says of each file why it is none, UsageError when several are
 */
export function runtimeAmong(paths: readonly string[], profile: BoardProfile): Uint8Array {
    const files = paths.flatMap(filesAt)
    const refusals: string[] = []
    const right: RuntimeFile[] = []
    for (const file of files) {
        const bytes = new Uint8Array(readFileSync(file))
        const problem = runtimeProblem(bytes, profile)
        if (problem === undefined) right.push({ file, bytes })
        else refusals.push(`${file}: ${problem}`)
    }
    const [only, ...others] = sameChipDifferentBoard(right, profile)
    if (only === undefined)
        throw new ImageError(
            files.length === 0
                ? `${paths.join(", ")}: no .bin and no .uf2 file in there`
                : refusals.join("; ")
        )
    const differing = others.find(({ bytes }) => !Buffer.from(bytes).equals(only.bytes))
    if (differing !== undefined)
        throw new UsageError(
            `both ${only.file} and ${differing.file} are runtimes for ${profile.name}: name the one to take`
        )
    return only.bytes
}

/** @returns why the file is no runtime for the board; undefined when it is */
export function runtimeProblem(bytes: Uint8Array, profile: BoardProfile): string | undefined {
    try {
        runtimeSegments(layoutOf(profile.architecture), bytes)
        return undefined
    } catch (e) {
        if (e instanceof ImageError) return e.message
        throw e
    }
}

function filesAt(given: string): string[] {
    if (!statSync(given).isDirectory()) return [given]
    return readdirSync(given)
        .filter(name => /\.(?:bin|uf2)$/i.test(name))
        .sort()
        .map(name => path.join(given, name))
}

/** A Pico and a Pico W have one chip, so that their runtimes are told apart by the names they are published under. */
function sameChipDifferentBoard(
    files: readonly RuntimeFile[],
    { architecture }: BoardProfile
): readonly RuntimeFile[] {
    if (files.length < 2 || !architecture.startsWith("rp2040")) return files
    const isForW = ({ file }: RuntimeFile) => /rp2040w|pico_?w/i.test(path.basename(file))
    const fitting = files.filter(file => isForW(file) === (architecture === "rp2040w"))
    return fitting.length > 0 ? fitting : files
}
