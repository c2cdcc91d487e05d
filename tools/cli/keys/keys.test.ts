/** Keys files and `suitcase keys`. */
import {
    chmodSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { run } from "../cli.js"
import { parseKeys, readKeys } from "./key-file.js"
import { WatchedKeys } from "./watched-keys.js"

const A = "0123456789abcdef".repeat(4)
const B = "FEDCBA9876543210".repeat(4)

let folder: string
let file: string
beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-keys-"))
    file = path.join(folder, "keys.json")
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function keys(args: string) {
    const terminal = fakeTerminal()
    const code = await run(`keys ${args} --file ${file}`.split(" "), terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

const stored = () => JSON.parse(readFileSync(file, "utf8")) as Record<string, string>

describe("a keys file", () => {
    it("gives 32 bytes per node", () => {
        const read = parseKeys(JSON.stringify({ n1: A, "hall.2:b": B }), file)
        expect([...read.keys()]).toEqual(["n1", "hall.2:b"])
        expect(read.get("n1")?.toString("hex")).toBe(A)
        expect(read.get("hall.2:b")?.length).toBe(32)
    })

    it.each([
        ["", "not JSON"],
        [`{"n1": ${A}}`, "not JSON"],
        ["[]", "not a JSON object"],
        ["null", "not a JSON object"],
        [JSON.stringify({ "a/b": A }), '"a/b" is no name of a node'],
        [
            JSON.stringify({ n1: A.slice(1) }),
            "the key of node n1 must be 64 hex digits (got 63 characters)",
        ],
        [
            JSON.stringify({ n1: A, n2: `${A.slice(1)}g` }),
            "the key of node n2 must be 64 hex digits",
        ],
        [JSON.stringify({ n1: 7 }), "the key of node n1 must be 64 hex digits (got number)"],
        [JSON.stringify({ n1: B, n2: B.toLowerCase() }), "nodes n1 and n2 have the same key"],
    ])(
        "that is none is refused with file and node, and no part of a key is shown: %s",
        (text, problem) => {
            let message = ""
            try {
                parseKeys(text, "some/keys.json")
            } catch (e) {
                message = (e as Error).message
            }
            expect(message).toContain("some/keys.json: ")
            expect(message).toContain(problem)
            expect(message).not.toMatch(/[0-9a-f]{8}/i)
        }
    )

    it.skipIf(process.platform === "win32")("that others can read causes a warning", () => {
        writeFileSync(file, JSON.stringify({ n1: A }))
        const warnings: string[] = []
        for (const mode of [0o600, 0o640, 0o604]) {
            chmodSync(file, mode)
            readKeys(file, text => warnings.push(text))
        }
        expect(warnings).toEqual([
            expect.stringMatching(
                /keys\.json: other users of this computer can read it; chmod 600/
            ),
            expect.stringContaining("keys.json"),
        ])
    })

    it("that is not there is named by listen before it connects", async () => {
        const terminal = fakeTerminal()
        const words = ["listen", "--broker", "mqtt://127.0.0.1:1", "--keys", file]
        expect(await run(words, terminal)).toBe(2)
        expect(terminal.err.text).toMatch(
            /keys\.json: no such file or folder; make a keys file with/
        )
    })
})

describe("a keys file that is in use", () => {
    const first = JSON.stringify({ n1: A })

    it("is read again when it changes, and kept as it was while it is none", async () => {
        writeFileSync(file, first, { mode: 0o600 })
        const notes: string[] = []
        const keys = new WatchedKeys(file, text => notes.push(text), 5)
        try {
            expect(keys.opener.hasKey("n2")).toBe(false)
            writeFileSync(file, "half a fi")
            await expect.poll(() => notes.length).toBe(1)
            expect(keys.opener.hasKey("n1")).toBe(true)
            writeFileSync(file, JSON.stringify({ n2: B }))
            await expect.poll(() => keys.opener.hasKey("n2")).toBe(true)
            expect(keys.opener.hasKey("n1")).toBe(false)
            rmSync(file)
            await expect.poll(() => notes.length).toBe(3)
            expect(keys.opener.hasKey("n2")).toBe(true)
            expect(notes.join("\n")).not.toMatch(/[0-9a-f]{8}/i)
        } finally {
            keys.close()
        }
    })
})

describe("suitcase keys new", () => {
    it("stores a key that only the owner can read, and does not print it", async () => {
        const { code, out, err } = await keys("new n1")
        expect(code).toBe(0)
        expect(err).toBe("")
        expect(stored()["n1"]).toMatch(/^[0-9a-f]{64}$/)
        expect(out).toContain("seal.key")
        expect(out).not.toContain(stored()["n1"])
        if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600)
        expect(readdirSync(folder), "nothing else is left").toEqual(["keys.json"])
    })

    it("prints the setting for the node with --show", async () => {
        const { out } = await keys("new n1 --show")
        expect(out).toContain(`\nseal.key=${stored()["n1"]}\n`)
    })

    it("keeps the keys of other nodes, and makes each differently", async () => {
        for (const node of ["n1", "n2", "n3"]) await keys(`new ${node}`)
        expect(Object.keys(stored())).toEqual(["n1", "n2", "n3"])
        expect(new Set(Object.values(stored())).size).toBe(3)
    })

    it("refuses to overwrite a key, except with --replace", async () => {
        await keys("new n1")
        const before = stored()["n1"]
        const refused = await keys("new n1")
        expect(refused.code).toBe(2)
        expect(refused.err).toMatch(/node n1 has a key; .*add --replace/)
        expect(stored()["n1"]).toBe(before)
        expect((await keys("new n1 --replace")).code).toBe(0)
        expect(stored()["n1"]).not.toBe(before)
    })

    it.skipIf(process.platform === "win32")("makes a file private that was not", async () => {
        writeFileSync(file, JSON.stringify({ n1: A }), { mode: 0o644 })
        const { err } = await keys("new n2")
        expect(err).toContain("other users")
        expect(statSync(file).mode & 0o777).toBe(0o600)
        expect(stored()["n1"]).toBe(A)
    })

    it("does not touch a file that is no keys file, and names folders that are not there", async () => {
        writeFileSync(file, "my diary")
        expect((await keys("new n1")).err).toContain("not JSON")
        expect(readFileSync(file, "utf8")).toBe("my diary")
        file = path.join(folder, "none", "keys.json")
        const { code, err } = await keys("new n1")
        expect(code).toBe(2)
        expect(err).toMatch(/keys\.json: no such file or folder; choose another file/)
    })

    it("shows its help within 80 columns", async () => {
        for (const words of [
            ["keys", "--help"],
            ["keys", "new", "--help"],
            ["command", "--help"],
            ["listen", "--help"],
        ]) {
            const terminal = fakeTerminal()
            expect(await run(words, terminal)).toBe(0)
            expect(terminal.out.text).toContain("Exit codes:")
            expect(terminal.out.lines.filter(text => text.length > 80)).toEqual([])
        }
    })
})
