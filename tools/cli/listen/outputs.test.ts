import { describe, expect, it } from "vitest"
import { outputsOf } from "./outputs.js"

describe("--format and --out", () => {
    it.each([
        [undefined, [], "table", []],
        ["csv", [], "csv", []],
        [undefined, ["r"], undefined, ["ndjson r"]],
        ["csv", ["r"], undefined, ["csv r"]],
        ["csv", ["r", "influx=i"], undefined, ["csv r", "influx i"]],
        [undefined, ["csv=r", "influx=r"], undefined, ["csv r", "influx r"]],
        ["table", ["csv=r"], "table", ["csv r"]],
        ["senml", ["csv=r=s"], "senml", ["csv r=s"]],
        [undefined, ["./a=b"], undefined, ["ndjson ./a=b"]],
    ] as const)("%s and %j show %s and write %j", (format, outs, shown, folders) => {
        const outputs = outputsOf(format, outs)
        expect(outputs.shown).toBe(shown)
        expect(outputs.folders.map(({ format, folder }) => `${format} ${folder}`)).toEqual(folders)
    })

    it.each([
        ["table", ["r"], /--out writes no table/],
        [undefined, ["cvs=r"], /there is no format "cvs"; there are ndjson, csv.*\.\/cvs=r/],
        [undefined, ["csv="], /name a folder/],
        ["csv", ["r", "csv=./r"], /csv=\.\/r is there twice/],
    ] as const)("%s and %j are refused", (format, outs, words) => {
        expect(() => outputsOf(format, outs)).toThrow(words)
    })
})
