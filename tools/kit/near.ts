/** "Did you mean": the known word that a mistyped one is nearest to. */

/** @returns the known word that differs in the fewest letters, if it is near enough to be meant */
export function nearest(word: string, known: readonly string[]): string | undefined {
    const wanted = plain(word)
    // Nobody means a word by something ten times as long.
    if (wanted.length > 64) return undefined
    let best: string | undefined
    let least = 1 + Math.floor(wanted.length / 3)
    for (const candidate of known) {
        const distance = plain(candidate) === wanted ? 0 : edits(wanted, plain(candidate))
        if (distance < least) {
            least = distance
            best = candidate
        }
    }
    return best ?? known.find(candidate => isWithin(wanted, plain(candidate)))
}

/** @returns "; did you mean x?", or what is said of a word that is near to none */
export function didYouMean(word: string, known: readonly string[], otherwise = ""): string {
    const near = nearest(word, known)
    return near === undefined ? otherwise : `; did you mean ${near}?`
}

function plain(word: string): string {
    return word.toLowerCase().replaceAll(/[^a-z0-9]/g, "")
}

function isWithin(a: string, b: string): boolean {
    return a.length >= 3 && b.length >= 3 && (a.includes(b) || b.includes(a))
}

/** Letters to insert, leave out, change or swap with their neighbour to make one word of the other. */
function edits(a: string, b: string): number {
    let before: number[] = []
    let row = Array.from({ length: b.length + 1 }, (_, j) => j)
    for (let i = 1; i <= a.length; i++) {
        const next = [i]
        for (let j = 1; j <= b.length; j++) {
            const cost = a[i - 1] === b[j - 1] ? 0 : 1
            let least = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + cost)
            const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
            if (isSwap) least = Math.min(least, before[j - 2] + 1)
            next.push(least)
        }
        before = row
        row = next
    }
    return row[b.length]
}
