import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { compile } from "./compile.js"

const SOURCE = `
import { sleep } from "@devicescript/core"
import { digest } from "@devicescript/crypto"
import { i2c } from "@devicescript/i2c"
import { connect } from "@devicescript/net"
import { readSetting } from "@devicescript/settings"

console.log(typeof sleep, typeof digest, typeof i2c, typeof connect, typeof readSetting)
`

describe("the compiler", () => {
    it("has the board's packages in a folder that has none of them unpacked", () => {
        const root = mkdtempSync(path.join(tmpdir(), "suitcase-compile-"))
        try {
            writeFileSync(path.join(root, "package.json"), '{ "version": "1.0.0" }')
            const program = compile("main.ts", { root, source: SOURCE })
            expect(program.bytecode.length).toBeGreaterThan(1000)
        } finally {
            rmSync(root, { recursive: true })
        }
    })
})
