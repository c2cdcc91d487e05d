/** Every sentence that a technician can be shown by `suitcase calibrate` has its Danish. */
import { readFileSync, readdirSync } from "node:fs"
import path from "node:path"
import ts from "typescript"
import { describe, expect, it } from "vitest"
import { qualityName } from "../../../src/core/quality-names.js"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"
import { inDanish, speaking } from "./danish.js"
import { REASONS, SENTENCES } from "./danish-sentences.js"

const FOLDERS = ["tools/cli/calibrate", "tools/calibration"]
const FILES = [
    "tools/cli/commands/calibrate.ts",
    "tools/cli/usb/open.ts",
    "tools/cli/usb/serial-port.ts",
    "tools/flash/usb/ask.ts",
    "tools/flash/usb/node-service.ts",
    "tools/flash/usb/usb-link.ts",
    // What parts say when a procedure fails.
    "src/drivers/mlx90614/emissivity.ts",
    "src/drivers/scd30/calibration.ts",
    "src/drivers/scd4x/calibration.ts",
    "src/drivers/shared/procedures.ts",
    "src/drivers/shared/sensirion/fan.ts",
    "src/drivers/tmp117/offset.ts",
    "src/drivers/vl53l1x/compensation.ts",
]
/** What is thrown, or written as a line; of a part, its words behind a quality. */
const SAYS =
    /^(?:\w*(?:Error|Refused|Timeout|Failed|Differs|Silent|Unsure)|line|note|failed|refused|super)$/
/** Of these, one argument is a text; what else they are given is none. */
const TABLES = /^(?:REFUSALS|PROBLEMS)$/
/** Faults of our own program, and Danish already or neither: numbers, names and texts of texts.ts. */
const OURS = /^(?:items are asked for whole here|there is no certificate of what is not written)$/
const PLACE = "⟨x⟩"

/** Drivers put their part's name before it. */
function isFailed(node: ts.NewExpression | ts.CallExpression): boolean {
    return /^(?:failed|refused)$/.test(node.expression.getText())
}

/** Texts that an expression can be, with {@link PLACE} for what is only known when it runs. */
function texts(node: ts.Expression): string[] {
    if (ts.isParenthesizedExpression(node)) return texts(node.expression)
    if (ts.isStringLiteralLike(node)) return [node.text]
    if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue), ...texts(node.whenFalse)]
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
        return joined(texts(node.left), texts(node.right))
    if (ts.isTemplateExpression(node))
        return node.templateSpans.reduce(
            (before, { expression, literal }) =>
                joined(joined(before, texts(expression)), [literal.text]),
            [node.head.text]
        )
    return [PLACE]
}

function joined(heads: readonly string[], tails: readonly string[]): string[] {
    return heads.flatMap(head => tails.map(tail => head + tail))
}

function sourceOf(file: string): ts.SourceFile {
    const text = readFileSync(path.join(PROJECT_ROOT, file), "utf8")
    return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
}

function sentencesOf(file: string): string[] {
    const found: string[] = []
    const isFile = (name: string) => file.endsWith(`/${name}.ts`)
    const look = (node: ts.Node) => {
        if (
            (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
            SAYS.test(node.expression.getText()) &&
            node.expression.getText() !== "InvalidArgumentError"
        )
            found.push(
                ...(node.arguments ?? [])
                    .flatMap(texts)
                    .map(text => (isFailed(node) ? `${PLACE}: ${text}` : text))
            )
        if (ts.isReturnStatement(node) && node.expression !== undefined && isFile("node-service"))
            found.push(...texts(node.expression))
        if (ts.isVariableDeclaration(node) && TABLES.test(node.name.getText()))
            node.initializer?.forEachChild(each => {
                if (ts.isPropertyAssignment(each)) found.push(...texts(each.initializer))
            })
        ts.forEachChild(node, look)
    }
    look(sourceOf(file))
    // Words of a person's: two of them in a row.
    return found.filter(text => /[a-z]{2,} [a-z]{2,}/i.test(text) && !OURS.test(text))
}

/** Every text of a file, whatever becomes of it. */
function textsOf(file: string): string[] {
    const found: string[] = []
    const look = (node: ts.Node) => {
        const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)
        if (isText || (ts.isBinaryExpression(node) && texts(node).join("") !== PLACE))
            found.push(...texts(node))
        ts.forEachChild(node, look)
    }
    look(sourceOf(file))
    return found
}

/** Procedures' checks of the drivers below. */
const DRIVERS = [
    "src/drivers/mlx90614/driver.ts",
    "src/drivers/shared/sensirion/periodic.ts",
    "src/drivers/scd30/driver.ts",
]

const files = [
    ...FOLDERS.flatMap(folder =>
        readdirSync(path.join(PROJECT_ROOT, folder))
            .filter(name => /^[\w-]+\.ts$/.test(name) && !/^(?:texts|danish)/.test(name))
            .map(name => `${folder}/${name}`)
    ),
    ...FILES,
]
const english = [...new Set(files.flatMap(sentencesOf))]

describe("what calibrate says in Danish", () => {
    it("is found in the sources", () => {
        expect(english.length, "sentences").toBeGreaterThan(100)
    })

    it.each(english)("has: %s", text => {
        expect(inDanish(text), "not in danish-sentences.ts").not.toBe(text)
    })

    it("has no sentence that nothing says any more", () => {
        const all = [...files, ...DRIVERS].flatMap(textsOf)
        const isSaid = (said: string) => {
            // Drivers put their part's name before it where they throw.
            const pieces = said
                .replace(/^\{\}: /, "")
                .split("{}")
                .map(piece => piece.replace(/[^\w\s]/g, "\\$&"))
            const pattern = new RegExp(`^.*?${pieces.join(".*")}$`, "s")
            return all.some(text => pattern.test(text))
        }
        expect(SENTENCES.map(([said]) => said).filter(said => !isSaid(said))).toEqual([])
    })

    it("has the quality of readings", () => {
        for (let quality = 0; quality < 16; quality++) {
            const name = qualityName(quality)
            if (!name.startsWith("unknown")) expect(inDanish(name), name).not.toBe(name)
        }
    })

    it("has as many places in Danish as in English", () => {
        const places = (text: string) => text.split("{}").length - 1
        for (const [said, danish] of [...REASONS, ...SENTENCES])
            expect(places(danish), said).toBe(places(said))
    })

    it("names who and what, behind the command and the node", () => {
        expect(inDanish('suitcase: Rådhus: co2: its readings are "warming up", after 900 s')).toBe(
            'suitcase: Rådhus: co2: dens målinger er "varmer op" efter 900 s'
        )
    })

    it("takes the sentence that says most, where several fit", () => {
        expect(inDanish("this node has no channel co2; it has noise")).toBe(
            "noden har ingen kanal co2; den har noise"
        )
    })

    it("leaves what it does not know, and JSON, as it is", () => {
        const written: string[] = []
        const out = { write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
        const spoken = speaking("da", { out, err: out, isLive: false, colors: {} as never })
        const lines = '{"reason":"no calibration is due"}\nno calibration is due\nxyzzy\n'
        spoken.out.write(lines)
        expect(written.join("")).toBe(
            '{"reason":"no calibration is due"}\ningen kalibrering udløber snart\nxyzzy\n'
        )
    })
})
