import * as ds from "@devicescript/core"

let control: ds.Control = undefined

/** The board's light; one role, whoever uses it. */
export function boardLight(): ds.Control {
    if (control === undefined) control = new ds.Control("control[int:0]")
    return control
}

/** @param toRed 0 … 255 @param toGreen 0 … 255 */
export async function showColour(toRed: number, toGreen: number): Promise<void> {
    try {
        await boardLight().setStatusLight(toRed, toGreen, 0, 0)
    } catch {
        // A board without a light: nobody looks at it.
    }
}
