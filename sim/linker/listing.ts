/** Statements as text, for tests and for people who look at what a pass did. */
import { type LinkFunction, type Node, type Statement, type Text } from "./ir.js"
import { Op, isCall, isField, refersToFunction, refersToText } from "./opcodes.js"

const NAMES = new Map<number, string>(Object.entries(Op).map(([name, op]) => [op, name]))

const OPERATORS = new Map<number, string>([
    [Op.ADD, "+"],
    [Op.SUB, "-"],
    [Op.MUL, "*"],
    [Op.DIV, "/"],
    [Op.EQ, "==="],
    [Op.NE, "!=="],
    [Op.LT, "<"],
    [Op.LE, "<="],
    [Op.BIT_AND, "&"],
    [Op.BIT_OR, "|"],
])

/** @returns one line for each statement; those that are jumped to have a number before them */
export function listing({ body }: LinkFunction): string[] {
    const targets = [...new Set(body.map(({ target }) => target))].filter(t => t !== undefined)
    targets.sort((a, b) => body.indexOf(a) - body.indexOf(b))
    const label = (statement: Statement) => `${targets.indexOf(statement) + 1}`
    return body.map(statement => {
        const text = statementText(statement, label)
        return targets.includes(statement) ? `${label(statement)}: ${text}` : text
    })
}

function statementText(statement: Statement, label: (target: Statement) => string): string {
    const { op, num, args, target } = statement
    const [a = "", b = "", c = ""] = args.map(textOf)
    const to = target === undefined ? "" : label(target)
    switch (op) {
        case Op.STORE_LOCAL:
            return `L${num} := ${a}`
        case Op.STORE_GLOBAL:
            return `G${num} := ${a}`
        case Op.STORE_RET_VAL:
            return `result := ${a}`
        case Op.RETURN:
            return `return ${a}`
        case Op.JMP:
            return `goto ${to}`
        case Op.JMP_Z:
            return `unless ${a} goto ${to}`
        case Op.INDEX_SET:
            return `${a}[${b}] := ${c}`
        default:
            if (isCall(op)) return `call ${a}(${args.slice(1).map(textOf).join(", ")})`
            return [NAMES.get(op)?.toLowerCase(), ...args.map(textOf), to]
                .filter(part => part !== "")
                .join(" ")
    }
}

function textOf(node: Node): string {
    const { op, num, args, ref } = node
    const [a = "", b = ""] = args.map(textOf)
    switch (op) {
        case Op.LITERAL:
            return `${num}`
        case Op.LOAD_LOCAL:
            return `L${num}`
        case Op.LOAD_GLOBAL:
            return `G${num}`
        case Op.RET_VAL:
            return "result"
        case Op.NOT:
            return `!${a}`
        default: {
            const operator = OPERATORS.get(op)
            if (operator !== undefined) return `(${a} ${operator} ${b})`
            if (isField(op))
                return `${a}.${op === Op.BUILTIN_FIELD ? `#${num}` : (ref as Text).text}`
            if (refersToText(op)) return JSON.stringify((ref as Text).text)
            if (refersToFunction(op)) return (ref as LinkFunction).name
            const name = NAMES.get(op)?.toLowerCase() ?? `op${op}`
            return args.length === 0 ? name : `${name}(${args.map(textOf).join(", ")})`
        }
    }
}
