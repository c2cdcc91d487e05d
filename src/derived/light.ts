import * as ds from "@devicescript/core"

/** The board's light: its own control service, not that of another device on the bus. */
export function boardLight(): ds.Control {
    return new ds.Control("control[int:0]")
}

/** @param toRed 0 … 255 @param toGreen 0 … 255 */
export async function showColour(light: ds.Control, toRed: number, toGreen: number): Promise<void> {
    try {
        await light.setStatusLight(toRed, toGreen, 0, 0)
    } catch {
        // A board without a light: nobody looks at it.
    }
}
