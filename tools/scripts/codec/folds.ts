/** Statistics trained without some recordings, to measure those recordings with. */

interface Fold {
    /** Recordings that were left out of the training. */
    readonly without: readonly string[]
    /** The trained table, base64. */
    readonly prior: string
}

export interface Folds {
    /** @throws Error when no fold leaves this recording out */
    priorWithout(series: string): Uint8Array
}

/** @param json text of folds.json */
export function readFolds(json: string): Folds {
    const folds = JSON.parse(json) as readonly Fold[]
    return {
        priorWithout: series => {
            const fold = folds.find(f => f.without.includes(series))
            if (fold === undefined)
                throw new Error(`folds.json has no table trained without ${series}: run train.ts`)
            return Uint8Array.from(Buffer.from(fold.prior, "base64"))
        },
    }
}

/** @returns text of folds.json */
export function writeFolds(
    folds: readonly { without: readonly string[]; prior: Uint8Array }[]
): string {
    const entries = folds.map(({ without, prior }) => ({
        without,
        prior: Buffer.from(prior).toString("base64"),
    }))
    return `${JSON.stringify(entries, null, 2)}\n`
}
