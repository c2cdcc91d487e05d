/** How programs write numbers: with which decimal sign, and with what between thousands. */

export type DecimalSign = "." | ","

export interface NumberForm {
    readonly decimal: DecimalSign
    /** Between groups of three digits; "" = nothing. */
    readonly group: "" | "." | "," | " " | "'"
}

/** The simplest first: of those that agree about a file, the first is taken. */
export const NUMBER_FORMS: readonly NumberForm[] = [
    { decimal: ".", group: "" },
    { decimal: ",", group: "" },
    { decimal: ".", group: "," },
    { decimal: ",", group: "." },
    { decimal: ".", group: " " },
    { decimal: ",", group: " " },
    { decimal: ".", group: "'" },
    { decimal: ",", group: "'" },
]

/** Blanks that spreadsheets put between thousands: plain, no-break, narrow no-break. */
const BLANKS = /[ \u00a0\u202f]/g

const EXPONENT = "(?:[eE][+-]?\\d{1,4})?"
const PATTERNS = new Map(NUMBER_FORMS.map(form => [form, patternOf(form)]))

function patternOf({ decimal, group }: NumberForm): RegExp {
    const whole = group === "" ? "\\d+" : `(?:\\d{1,3}(?:[${group}]\\d{3})+|\\d+)`
    const sign = `[${decimal}]`
    return new RegExp(`^[+-]?(?:${whole}(?:${sign}\\d*)?|${sign}\\d+)${EXPONENT}$`)
}

/** @returns the number with a decimal point and no groups, digit for digit; undefined when it is not written so */
export function plainNumber(cell: string, form: NumberForm): string | undefined {
    const text = cell.replace(BLANKS, " ").replace("\u2212", "-")
    if (PATTERNS.get(form)?.test(text) !== true) return undefined
    const joined = form.group === "" ? text : text.replaceAll(form.group, "")
    return form.decimal === "," ? joined.replace(",", ".") : joined
}

/** Finds out how the numbers of a file are written, cell by cell. */
export class NumberEvidence {
    /** Forms that fit all cells of each column up to now. */
    private readonly byColumn: NumberForm[][] = []
    /** A cell about which two forms disagree, by the forms' names. */
    private readonly disputed = new Map<string, Disputed>()

    /** @param forms that are possible */
    constructor(private readonly forms: readonly NumberForm[]) {}

    add(column: number, cell: string, line: number): void {
        // Digits alone are the same in all forms.
        if (/^[+-]?\d+$/.test(cell)) return
        const before = (this.byColumn[column] ??= [...this.forms])
        if (before.length === 0) return
        const readings = before.map(form => [form, plainNumber(cell, form)] as const)
        const fitting = readings.filter(([, text]) => text !== undefined)
        if (fitting.length < before.length) this.byColumn[column] = fitting.map(([form]) => form)
        for (const [form, text] of fitting)
            for (const [other, otherText] of fitting)
                if (Number(text) !== Number(otherText)) {
                    const key = `${nameOf(form)}/${nameOf(other)}`
                    if (!this.disputed.has(key))
                        this.disputed.set(key, { cell, line, as: [text ?? "", otherText ?? ""] })
                }
    }

    /** Whether nothing to come can change the result, but for mistakes. */
    get isSettled(): boolean {
        return this.forms.length === 1 || (this.result().length === 1 && this.isUsed)
    }

    /** Whether any number was seen that forms write in different ways. */
    private get isUsed(): boolean {
        return this.byColumn.some(forms => forms.length > 0 && forms.length < this.forms.length)
    }

    /** Forms that fit all columns of numbers, and mean different things; the first when they mean the same. */
    result(): readonly NumberForm[] {
        const columns = this.byColumn.filter(forms => forms.length > 0)
        const fitting = this.forms.filter(form => columns.every(forms => forms.includes(form)))
        const [first] = fitting
        if (first === undefined) return []
        const others = fitting.filter(form => this.disputeOf(first, form) !== undefined)
        return [first, ...others]
    }

    /** A cell that two forms read as different numbers. */
    disputeOf(a: NumberForm, b: NumberForm): Disputed | undefined {
        return this.disputed.get(`${nameOf(a)}/${nameOf(b)}`)
    }
}

export interface Disputed {
    readonly cell: string
    readonly line: number
    /** What it is in one form and in the other. */
    readonly as: readonly [string, string]
}

function nameOf({ decimal, group }: NumberForm): string {
    return `${decimal}${group}`
}
