/** Files beside the page, and files that a person saves. */
import { sha256 } from "@noble/hashes/sha2.js"
import { hexDigits } from "../../../flash/chips.js"
import { FILE_FUNCTION, KIT_VARIABLE, type ExportedFile, type KitExport } from "../../kit-export.js"
import { PageError } from "../flow/failures.js"

/** What scripts beside the page set. */
interface PageGlobals {
    [KIT_VARIABLE]?: KitExport
    [FILE_FUNCTION]?: (name: string, base64: string) => void
}

const globals = globalThis as PageGlobals
const arrived = new Map<string, Uint8Array>()

/** @returns undefined when kit.js is not there */
export function exportedKit(): KitExport | undefined {
    return globals[KIT_VARIABLE]
}

/**
 * Each file is a script that calls a function: a page that was opened from a disk can load nothing else.
 *
 * @throws PageError when it is not there or its checksum is wrong
 */
export async function loadFile({ name, sha256: wanted }: ExportedFile): Promise<Uint8Array> {
    globals[FILE_FUNCTION] = (called, base64) =>
        arrived.set(
            called,
            Uint8Array.from(atob(base64), character => character.charCodeAt(0))
        )
    if (!arrived.has(name)) await loadScript(`files/${name}.js`)
    const bytes = arrived.get(name)
    if (bytes === undefined) throw new PageError("file missing", `files/${name}.js is empty`)
    if (hexDigits(sha256(bytes)) === wanted) return bytes
    arrived.delete(name)
    throw new PageError("file changed", `files/${name}.js: SHA-256 is not ${wanted}`)
}

async function loadScript(address: string): Promise<void> {
    const script = document.createElement("script")
    script.src = address
    try {
        await new Promise((resolve, reject) => {
            script.addEventListener("load", resolve)
            script.addEventListener("error", () => {
                reject(new PageError("file missing", address))
            })
            document.head.append(script)
        })
    } finally {
        script.remove()
    }
}

export function saveFile(name: string, bytes: Uint8Array): void {
    const address = URL.createObjectURL(new Blob([bytes.slice()]))
    const link = document.createElement("a")
    link.href = address
    link.download = name
    link.click()
    // The browser has begun to copy it by then.
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
