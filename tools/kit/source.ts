/**
 * The text of a kit file as a YAML document whose every value knows its place. What could make
 * a reader slow or surprised is refused here: aliases, tags, several documents, huge files.
 */
import {
    LineCounter,
    isMap,
    isPair,
    isScalar,
    isSeq,
    parseAllDocuments,
    visit,
    type Document,
    type Node,
    type Pair,
} from "yaml"
import { inOrder, type KitProblem } from "./problem.js"

/** Longest kit file, B: 2,000 nodes take about half of it. */
export const MOST_FILE_BYTES = 1024 * 1024
/** Deepest nesting of brackets and lists; a kit file has ten. */
const MOST_DEPTH = 64

/** A step into a document: a key, or the number of a list's entry. */
export type Step = string | number

export class KitSource {
    private constructor(
        /** As it was read, without byte order mark. */
        readonly text: string,
        readonly document: Document.Parsed,
        private readonly lines: LineCounter,
        /** Of syntax; a document with problems is not looked at further. */
        readonly problems: readonly KitProblem[]
    ) {}

    /** @param bytes of the file */
    static read(bytes: Uint8Array): KitSource {
        const lines = new LineCounter()
        const decoded = decode(bytes)
        if (typeof decoded !== "string") return KitSource.refused(lines, [decoded])
        const tooDeep = deepNesting(decoded)
        if (tooDeep !== undefined) return KitSource.refused(lines, [tooDeep])
        const documents = parseAllDocuments(decoded, {
            lineCounter: lines,
            keepSourceTokens: true,
            prettyErrors: false,
            uniqueKeys: true,
            version: "1.2",
        }) as Document.Parsed[]
        if (!Array.isArray(documents) || documents.length === 0)
            return KitSource.refused(lines, [
                problem(1, 1, "the file is empty; begin with version: 1"),
            ])
        const [document, second] = documents
        const found = [
            ...syntaxProblems(document, lines),
            ...(second === undefined
                ? []
                : [
                      at(
                          lines,
                          second.range[0],
                          "a kit file is one document: leave out the line ---"
                      ),
                  ]),
            ...strangeProblems(document, lines),
        ]
        return new KitSource(decoded, document, lines, inOrder(found))
    }

    private static refused(lines: LineCounter, problems: readonly KitProblem[]): KitSource {
        const [document] = parseAllDocuments("{}") as Document.Parsed[]
        return new KitSource("", document, lines, problems)
    }

    /** The values as plain objects. */
    get values(): unknown {
        return this.document.toJS({ maxAliasCount: 0 }) as unknown
    }

    /** A problem at a value, or at the nearest one around it that is there. */
    problemAt(path: readonly Step[], message: string): KitProblem {
        let found: unknown = this.document.contents
        for (const step of path) {
            const next = childOf(found, step)
            if (next === undefined) break
            found = next
        }
        return at(this.lines, startOf(found), message)
    }

    /** A problem at the key of a value. */
    problemAtKey(path: readonly Step[], key: string, message: string): KitProblem {
        const map = this.nodeAt(path)
        const pair = isMap(map) ? map.items.find(item => keyText(item) === key) : undefined
        if (pair === undefined) return this.problemAt(path, message)
        return at(this.lines, startOf(pair.key), message)
    }

    /** A value as it is written: "1883", "Hall 1". */
    textAt(path: readonly Step[]): string | undefined {
        const node = this.nodeAt(path)
        return isScalar(node) ? (node.source ?? String(node.value)) : undefined
    }

    nodeAt(path: readonly Step[]): Node | undefined {
        let found: unknown = this.document.contents
        for (const step of path) found = childOf(found, step)
        return found as Node | undefined
    }
}

export function keyText(pair: Pair): string | undefined {
    return isScalar(pair.key) ? String(pair.key.value) : undefined
}

function childOf(parent: unknown, step: Step): unknown {
    if (isMap(parent))
        return parent.items.find(item => keyText(item) === String(step))?.value ?? undefined
    if (isSeq(parent)) return parent.items[Number(step)]
    return undefined
}

function startOf(node: unknown): number {
    const range = (node as Node | undefined)?.range
    return range?.[0] ?? 0
}

function at(lines: LineCounter, offset: number, message: string): KitProblem {
    const { line, col } = lines.linePos(offset)
    return problem(Math.max(1, line), Math.max(1, col), message)
}

function problem(line: number, column: number, message: string): KitProblem {
    return { line, column, message }
}

/** @returns the text, or why it is none */
function decode(bytes: Uint8Array): string | KitProblem {
    if (bytes.length > MOST_FILE_BYTES)
        return problem(
            1,
            1,
            `the file has ${bytes.length} B, at most ${MOST_FILE_BYTES} B are read`
        )
    const isUtf16 =
        (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
    if (isUtf16) return problem(1, 1, "the file is UTF-16; save it as UTF-8")
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false })
    let text = ""
    try {
        text = decoder.decode(bytes)
    } catch {
        return firstBadByte(bytes)
    }
    const zero = text.indexOf("\0")
    if (zero >= 0) {
        const before = text.slice(0, zero).split("\n")
        return problem(
            before.length,
            (before.at(-1) ?? "").length + 1,
            "a zero byte: this is no text file"
        )
    }
    return text
}

/** Where bytes stop being UTF-8: Windows-1252 writes æ, ø and å as single bytes. */
function firstBadByte(bytes: Uint8Array): KitProblem {
    let good = 0
    let bad = bytes.length
    // The longest beginning that is UTF-8, but for a character that it cuts.
    while (bad - good > 1) {
        const middle = (good + bad) >> 1
        try {
            new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), {
                stream: true,
            })
            good = middle
        } catch {
            bad = middle
        }
    }
    const before = new TextDecoder("utf-8")
        .decode(bytes.subarray(0, good), { stream: true })
        .split("\n")
    return problem(
        before.length,
        (before.at(-1) ?? "").length + 1,
        "not UTF-8: save the file as UTF-8 (Windows-1252 writes æ, ø and å another way)"
    )
}

/** The parser calls itself for each level; a file of brackets would overflow its stack. */
function deepNesting(text: string): KitProblem | undefined {
    let line = 0
    for (const content of text.split("\n")) {
        line++
        let depth = 0
        for (let i = 0; i < content.length; i++) {
            const sign = content[i]
            if (sign === "[" || sign === "{") depth++
            else if (sign === "]" || sign === "}") depth--
            if (depth > MOST_DEPTH) return problem(line, i + 1, "nested too deep")
        }
        // "- - - -" opens a list with each hyphen.
        const lists = /^(?:\s*-\s)+/.exec(content)?.[0].replaceAll(/\s/g, "").length ?? 0
        if (lists > MOST_DEPTH) return problem(line, 1, "nested too deep")
        const indent = /^ */.exec(content)?.[0].length ?? 0
        if (indent > 16 * MOST_DEPTH) return problem(line, 1, "nested too deep")
    }
    return undefined
}

/** The parser's own messages, in words of ours where people meet them. */
const WORDS: Readonly<Record<string, string>> = {
    TAB_AS_INDENT: "a tab: YAML is indented with spaces; let your editor turn tabs into spaces",
    DUPLICATE_KEY: "this key is there twice; leave out one of them",
    BAD_ALIAS: "a * begins an alias; write a text that begins with * in quotes",
    BAD_INDENT: "wrong indentation: what belongs together begins in the same column",
    MULTILINE_IMPLICIT_KEY: "a key without its value: is there a : missing, or a space behind it?",
    MISSING_CHAR: "something is missing here: a quote, a bracket, or the : behind a key",
    UNEXPECTED_TOKEN: "this does not belong here: put a text with special signs into quotes",
    BAD_SCALAR_START: "a text cannot begin with this sign: put it into quotes",
    BLOCK_AS_IMPLICIT_KEY: "a second : in a line: put a text that has one into quotes",
}

function syntaxProblems(document: Document.Parsed, lines: LineCounter): KitProblem[] {
    return [...document.errors, ...document.warnings].map(({ code, message, pos }) =>
        at(lines, pos[0], WORDS[code] ?? message.split("\n")[0])
    )
}

/** What YAML knows and a kit file needs not. */
function strangeProblems(document: Document.Parsed, lines: LineCounter): KitProblem[] {
    const found: KitProblem[] = []
    const refuse = (node: unknown, message: string) => {
        found.push(at(lines, startOf(node), message))
    }
    visit(document, {
        Alias: (_, node) => {
            refuse(
                node,
                "an alias (*): settings are inherited from site and kit, so write them there"
            )
        },
        Pair: (_, pair) => {
            if (!isPair(pair)) return
            if (!isScalar(pair.key)) refuse(pair.key ?? pair.value, "a key is a word")
            else if (pair.key.value === "<<")
                refuse(pair.key, "no merge keys (<<): settings are inherited from site and kit")
            else if (pair.key.value === "__proto__") refuse(pair.key, "this cannot be a key")
        },
        Node: (_, node) => {
            if ("anchor" in node && node.anchor !== undefined)
                refuse(
                    node,
                    "an anchor (&): settings are inherited from site and kit, so write them there"
                )
            if (node.tag !== undefined && !isCoreTag(node.tag))
                refuse(node, `a tag (${node.tag}): leave it out`)
        },
    })
    return found
}

function isCoreTag(tag: string): boolean {
    return /^tag:yaml\.org,2002:(?:map|seq|str|int|float|bool|null)$/.test(tag)
}
