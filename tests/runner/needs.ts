/** How a skipped test says which program it needs: at the end of its suite's name. */

export function needs(program: string): string {
    return `[needs ${program}]`
}

/** The program that a skipped test needs, by its full name; undefined for another reason. */
export function neededBy(fullName: string): string | undefined {
    return /\[needs ([\w-]+)\]/.exec(fullName)?.[1]
}

/**
 * How a skipped test says that it needs what nobody has to have, and .ci/run does not install
 * because it is big.
 */
export function wants(name: string): string {
    return `[wants ${name}]`
}

/** What a skipped test wants, by its full name; undefined for another reason. */
export function wantedBy(fullName: string): string | undefined {
    return /\[wants ([^\]]+)\]/.exec(fullName)?.[1]
}
