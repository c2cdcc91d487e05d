/** What is wrong with a kit file, with the place and what to do. */

export interface KitProblem {
    /** Both count from 1. */
    readonly line: number
    readonly column: number
    readonly message: string
}

/** A kit file cannot be used; the message has a line for each problem. */
export class KitError extends Error {
    override name = "KitError"

    /** @param file as people know it: "suitcase.yaml" */
    constructor(
        readonly file: string,
        readonly problems: readonly KitProblem[]
    ) {
        super(problems.map(problem => problemLine(file, problem)).join("\n"))
    }
}

/** "suitcase.yaml:12:5: …", which editors and CI make a link of. */
export function problemLine(file: string, { line, column, message }: KitProblem): string {
    return `${file}:${line}:${column}: ${message}`
}

/** By place, each once. */
export function inOrder(problems: readonly KitProblem[]): KitProblem[] {
    const seen = new Set<string>()
    return [...problems]
        .sort((a, b) => a.line - b.line || a.column - b.column)
        .filter(problem => {
            const key = JSON.stringify(problem)
            if (seen.has(key)) return false
            seen.add(key)
            return true
        })
}
