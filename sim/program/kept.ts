/**
 * Results that are kept for the next time, each in a JSON file named after what it was
 * made of. Several processes may read and write them at once.
 */
import {
    mkdirSync,
    readFileSync,
    readdirSync,
    renameSync,
    rmSync,
    statSync,
    utimesSync,
    writeFileSync,
} from "node:fs"
import path from "node:path"

/** Files in a folder, at most. All tests together make some 300, of 170 KB on average. */
const MOST_KEPT = 1_200

/** @returns undefined when the file is not there or damaged */
export function readKept(file: string): unknown {
    try {
        const value: unknown = JSON.parse(readFileSync(file, "utf8"))
        markUsed(file)
        return value
    } catch {
        return undefined
    }
}

/**
 * The file appears whole or not at all. A read-only project folder only costs time: nothing is kept.
 *
 * @param most files that stay in the folder; of more, a quarter goes: those not used for longest
 */
export function keep(file: string, value: unknown, most = MOST_KEPT): void {
    try {
        mkdirSync(path.dirname(file), { recursive: true })
        const temporary = `${file}.${process.pid}`
        writeFileSync(temporary, JSON.stringify(value))
        renameSync(temporary, file)
        dropUnused(path.dirname(file), most)
    } catch {
        // The next run does the work again.
    }
}

function markUsed(file: string): void {
    const now = new Date()
    try {
        utimesSync(file, now, now)
    } catch {
        // It is good all the same; in a read-only folder nothing is dropped either.
    }
}

function dropUnused(folder: string, most: number): void {
    const names = readdirSync(folder).filter(name => name.endsWith(".json"))
    if (names.length <= most) return
    const files = names.flatMap(name => {
        const file = path.join(folder, name)
        // Another process may have dropped it.
        const stat = statSync(file, { throwIfNoEntry: false })
        return stat === undefined ? [] : [{ file, used: stat.mtimeMs }]
    })
    files.sort((a, b) => a.used - b.used)
    for (const { file } of files.slice(0, files.length - Math.floor((most * 3) / 4)))
        rmSync(file, { force: true })
}
