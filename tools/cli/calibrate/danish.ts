/**
 * What `suitcase calibrate` and what lies under it say of a node, a part or a file, in Danish. English is what
 * every part of it says; here its sentences are looked up whole, with `{}` where a name, a number or a reason
 * stands. The dialogue and the certificate have texts of their own (texts.ts).
 */
import { type CertificateLanguage } from "../../calibration/certificate.js"
import { type Terminal } from "../terminal.js"
import { REASONS, SENTENCES, type Row } from "./danish-sentences.js"

interface Pattern {
    readonly english: RegExp
    readonly danish: string
    /** Letters that must be the same: of two that fit, the one with more is meant. */
    readonly letters: number
}

function patternOf([english, danish]: Row): Pattern {
    const pieces = english.split("{}")
    const escaped = pieces.map(piece => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    return {
        english: new RegExp(`^${escaped.join("(.*?)")}$`, "s"),
        danish,
        letters: pieces.join("").length,
    }
}

const REASON = new Map(REASONS)
const PATTERNS = SENTENCES.map(patternOf).sort((a, b) => b.letters - a.letters)

/**
 * @param text a line as English says it, with or without "suitcase: " or a node's name before it
 * @returns the same in Danish; what is not known stays as it is
 */
export function inDanish(text: string): string {
    const reason = REASON.get(text)
    if (reason !== undefined) return reason
    for (const { english, danish } of PATTERNS) {
        const values = english.exec(text)?.slice(1)
        if (values === undefined) continue
        let next = 0
        return danish.replace(/\{\}/g, () => {
            const value = values[next++] ?? ""
            return REASON.get(value) ?? value
        })
    }
    const [, before, after] = /^([^:]*: )(.+)$/s.exec(text) ?? []
    return before === undefined || after === undefined ? text : before + inDanish(after)
}

/** In the language of the dialogue. */
export function inLanguage(language: CertificateLanguage | undefined, text: string): string {
    return language === "da" ? inDanish(text) : text
}

/** A terminal on which what is written in English appears in the language of the dialogue, line by line. */
export function speaking(language: CertificateLanguage | undefined, terminal: Terminal): Terminal {
    if (language !== "da") return terminal
    return { ...terminal, out: danishStream(terminal.out), err: danishStream(terminal.err) }
}

function danishStream(stream: NodeJS.WriteStream): NodeJS.WriteStream {
    const write = (text: string) =>
        stream.write(
            text.replace(/[^\n]+/g, each => (each.startsWith("{") ? each : inDanish(each)))
        )
    return Object.create(stream, { write: { value: write } }) as NodeJS.WriteStream
}
