import { describe, expect, it } from "vitest"
import { theCompiler } from "../program/compile.js"
import { Op, OP_COUNT, exists, isStatement, operands, takesNumber } from "./opcodes.js"

interface Tables {
    readonly Op: Record<string, number | string>
    readonly OP_PROPS: string
}

describe("the table of instructions", () => {
    const tables = theCompiler() as unknown as Tables

    it("has the compiler's numbers and names", () => {
        const compilers = Object.entries(tables.Op).filter(
            ([name, number]) => typeof number === "number" && !/REMOVED|OP_PAST/.test(name)
        )
        const named = compilers.map(([name, number]) => [
            name.replace(/^(?:STMT|EXPR)x?\d?_/, ""),
            number,
        ])
        expect(Object.entries(Op).sort()).toEqual(named.sort())
    })

    it("has the compiler's operands and kinds", () => {
        for (let op = 0; op < OP_COUNT; op++) {
            if (!exists(op)) continue
            const properties = tables.OP_PROPS.charCodeAt(op)
            const statement = (properties & 0x10) !== 0
            expect([op, operands(op), isStatement(op), takesNumber(op)]).toEqual([
                op,
                properties & 15,
                statement,
                (properties & 0x20) !== 0,
            ])
        }
    })
})
