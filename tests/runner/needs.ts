/** How a skipped test says which program it needs: at the end of its suite's name. */

export function needs(program: string): string {
    return `[needs ${program}]`
}

/** The program that a skipped test needs, by its full name; undefined for another reason. */
export function neededBy(fullName: string): string | undefined {
    return /\[needs ([\w-]+)\]/.exec(fullName)?.[1]
}
