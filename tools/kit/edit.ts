/**
 * Changes one value in the text of a kit file and leaves all else as it is: comments, order, spaces, line ends.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import { isMap, isScalar, isSeq, parseDocument, stringify, type Document, type YAMLMap } from "yaml"
import { UsageError } from "../cli/errors.js"
import { fileProblem } from "../cli/file-problem.js"
import { keyText, type Step } from "./source.js"

export type Plain = string | number | boolean

/**
 * @param path of the value; what is missing on the way is made
 * @returns the changed text
 * @throws Error when the text cannot be changed so; nothing is lost then
 */
export function withValue(text: string, path: readonly Step[], value: Plain): string {
    const document = parseDocument(text, { keepSourceTokens: true })
    const before = document.toJS() as unknown
    const changed = changedText(text, document, path, value)
    const wanted = assigned(before, path, value)
    // Whatever the edit did: what it means is looked at, and else the library writes it anew.
    if (isDeepStrictEqual(safeValues(changed), wanted)) return changed
    document.setIn(path, value)
    const rewritten = document.toString({ lineWidth: 0 })
    if (isDeepStrictEqual(safeValues(rewritten), wanted)) return rewritten
    throw new Error(`the kit file cannot be changed at ${path.join(".")}`)
}

/** The same in the file, which appears whole or not at all. @throws UsageError */
export function changeKitFile(file: string, path: readonly Step[], value: Plain): void {
    const part = `${file}.${process.pid}.part`
    try {
        const bytes = readFileSync(file, "utf8")
        const mark = bytes.startsWith("\uFEFF") ? "\uFEFF" : ""
        writeFileSync(part, mark + withValue(bytes.slice(mark.length), path, value))
        renameSync(part, file)
    } catch (e) {
        rmSync(part, { force: true })
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
}

function changedText(
    text: string,
    document: Document.Parsed,
    path: readonly Step[],
    value: Plain
): string {
    let parent: unknown = document.contents
    let depth = 0
    for (; depth < path.length; depth++) {
        const step = path[depth]
        const next = isMap(parent)
            ? parent.items.find(item => keyText(item) === String(step))?.value
            : isSeq(parent)
              ? parent.items[Number(step)]
              : undefined
        if (next === undefined || next === null) break
        parent = next
    }
    if (depth === path.length && isScalar(parent) && parent.range) {
        const [from, to] = parent.range
        return text.slice(0, from) + scalar(value) + text.slice(to)
    }
    if (!isMap(parent)) return text
    const nested = path
        .slice(depth + 1)
        .reduceRight<string>((inner, step) => `{ ${String(step)}: ${inner} }`, scalar(value))
    return withPair(text, parent, `${String(path[depth])}: ${nested}`)
}

/** A pair behind the last one of a map, on a line of its own unless the map is in braces. */
function withPair(text: string, map: YAMLMap, pair: string): string {
    if (!map.range) return text
    const [from, end] = map.range
    if (map.flow === true) {
        const inner = text.slice(from + 1, end - 1).trimEnd()
        const comma = inner.trim() === "" || inner.endsWith(",") ? "" : ","
        return `${text.slice(0, from + 1)}${inner}${comma} ${pair} ${text.slice(end - 1)}`
    }
    const first = map.items[0]?.key
    const last = map.items.at(-1)
    const lastNode = (last?.value ?? last?.key) as { range?: [number, number, number] } | undefined
    if (!isScalar(first) || !first.range || lastNode?.range === undefined) return text
    const lineStart = text.lastIndexOf("\n", first.range[0] - 1) + 1
    const column = first.range[0] - lineStart
    // Behind the rest of the last pair's line, its comment among it.
    const at = text.indexOf("\n", Math.max(lastNode.range[1] - 1, 0))
    const lineEnd = text.includes("\r\n") ? "\r\n" : "\n"
    const line = `${" ".repeat(column)}${pair}`
    if (at < 0) return `${text}${lineEnd}${line}${lineEnd}`
    return `${text.slice(0, at + 1)}${line}${lineEnd}${text.slice(at + 1)}`
}

function scalar(value: Plain): string {
    return stringify(value, { lineWidth: 0 }).trimEnd()
}

function safeValues(text: string): unknown {
    const document = parseDocument(text)
    return document.errors.length > 0 ? undefined : (document.toJS() as unknown)
}

function assigned(values: unknown, path: readonly Step[], value: Plain): unknown {
    if (path.length === 0) return value
    const [step, ...rest] = path
    if (Array.isArray(values))
        return values.map((entry: unknown, i) =>
            i === step ? assigned(entry, rest, value) : entry
        )
    const entries = (values ?? {}) as Record<string, unknown>
    return { ...entries, [String(step)]: assigned(entries[String(step)], rest, value) }
}
