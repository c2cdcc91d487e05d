/**
 * Power cuts inside one write of the settings store, which the VM does as a
 * whole: the image with only a first part of what was written, in the order in
 * which the platform programs flash (jacdac-c source/jd_fstor.c: data before
 * their entry, a bank's header last).
 */

const PAGE_BYTES = 4096
const HEADER_BYTES = 24
const ENTRY_BYTES = 24
const ENTRY_OFFSET_AT = 16
const ERASED = 0xff

/** Bytes that are programmed or erased together, in order. */
type Step =
    | { readonly kind: "erase"; readonly at: number; readonly length: number }
    | { readonly kind: "program"; readonly at: number; readonly length: number }

export interface Cut {
    readonly image: Uint8Array
    /** "bytes 40 to 64 of 3rd step …" */
    readonly what: string
}

/** Bytes of one bank of settings. */
export function bankBytes(image: Uint8Array): number {
    return Math.floor(image.length / PAGE_BYTES / 16) * PAGE_BYTES
}

/**
 * All images between `before` and `after` with a cut after every `grain` bytes;
 * neither of the two themselves.
 */
export function* cutsBetween(
    before: Uint8Array,
    after: Uint8Array,
    grain: number
): Generator<Cut, void> {
    const image = before.slice()
    const steps = stepsOf(before, after)
    for (const [i, step] of steps.entries()) {
        const name = `step ${i + 1} of ${steps.length}: ${step.kind} ${step.length} B at ${step.at}`
        const chunk = step.kind === "erase" ? PAGE_BYTES : grain
        for (let done = 0; done < step.length; done += chunk) {
            const from = step.at + done
            const to = Math.min(from + chunk, step.at + step.length)
            if (step.kind === "erase") image.fill(ERASED, from, to)
            else image.set(after.subarray(from, to), from)
            if (i === steps.length - 1 && to === step.at + step.length) return
            yield { image: image.slice(), what: `${name}, ${to - step.at} B done` }
        }
    }
}

function stepsOf(before: Uint8Array, after: Uint8Array): Step[] {
    const steps: Step[] = []
    const bank = bankBytes(after)
    // What had a bit set from 0 to 1 was erased first.
    const erased = new Set<number>()
    for (let i = 0; i < after.length; i++)
        if ((after[i] & ~before[i]) !== 0) erased.add(Math.floor(i / PAGE_BYTES))
    const pagesOfBank = bank / PAGE_BYTES
    for (const start of [0, bank])
        if (
            [...erased].some(
                page =>
                    Math.floor((page * PAGE_BYTES) / bank) === start / bank &&
                    page < 2 * pagesOfBank
            )
        )
            steps.push({ kind: "erase", at: start, length: bank })
    for (const page of [...erased].sort((a, b) => a - b))
        if (page >= 2 * pagesOfBank)
            steps.push({ kind: "erase", at: page * PAGE_BYTES, length: PAGE_BYTES })
    const view = new DataView(after.buffer, after.byteOffset, after.byteLength)
    for (const start of [0, bank]) {
        const isErased = steps.some(step => step.kind === "erase" && step.at === start)
        const differs = (at: number, length: number) =>
            isErased
                ? after.subarray(at, at + length).some(byte => byte !== ERASED)
                : after.subarray(at, at + length).some((byte, i) => byte !== before[at + i])
        for (
            let at = start + HEADER_BYTES;
            view.getUint32(at + ENTRY_OFFSET_AT, true) !== 0xffffffff && at < start + bank;
            at += ENTRY_BYTES
        ) {
            if (!differs(at, ENTRY_BYTES)) continue
            const data = view.getUint32(at + ENTRY_OFFSET_AT, true)
            const size = view.getUint32(at + ENTRY_OFFSET_AT + 4, true)
            if (data < 2 * bank && size > 0) steps.push({ kind: "program", at: data, length: size })
            steps.push({ kind: "program", at, length: ENTRY_BYTES })
        }
        if (differs(start, HEADER_BYTES))
            steps.push({ kind: "program", at: start, length: HEADER_BYTES })
    }
    for (let at = 2 * bank; at < after.length; at += PAGE_BYTES) {
        const changed = changedRange(before, after, at, erased.has(at / PAGE_BYTES))
        if (changed !== undefined) steps.push(changed)
    }
    return steps
}

function changedRange(
    before: Uint8Array,
    after: Uint8Array,
    page: number,
    isErased: boolean
): Step | undefined {
    const from = (i: number) => (isErased ? ERASED : before[i])
    let first = page
    const end = page + PAGE_BYTES
    while (first < end && after[first] === from(first)) first++
    if (first === end) return undefined
    let last = end - 1
    while (after[last] === from(last)) last--
    return { kind: "program", at: first, length: last + 1 - first }
}
