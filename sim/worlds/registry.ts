/** All kinds of places. */
import { air } from "./air.js"
import { bin } from "./bin.js"
import { damp } from "./damp.js"
import { field } from "./field.js"
import { meter } from "./meter.js"
import { type PlaceKind } from "./place.js"
import { quay } from "./quay.js"
import { room } from "./room.js"
import { stream } from "./stream.js"
import { street } from "./street.js"
import { trail } from "./trail.js"

export const PLACES: readonly PlaceKind[] = [
    room,
    bin,
    trail,
    air,
    stream,
    street,
    field,
    meter,
    damp,
    quay,
]

/** @returns the kind of place of that name, if there is one */
export function placeKind(name: string): PlaceKind | undefined {
    return PLACES.find(kind => kind.name === name)
}
