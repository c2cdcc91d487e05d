import { IS_WHOLE } from "../runner/whole.js"

/** Prints a figure that a page states, in the long form, which is the one that it is of. */
export function measured(text: string): void {
    if (IS_WHOLE) console.log(text)
}
