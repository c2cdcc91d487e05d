/** What NGSI-LD entities of readings have in common, wherever they are made. */

export interface NgsiProperty {
    readonly type: "Property" | "GeoProperty"
    readonly value: unknown
    readonly unitCode?: string
    readonly observedAt?: string
    readonly quality?: NgsiProperty
    readonly calibration?: NgsiProperty
}

/**
 * @param time ISO 8601; null: not known
 * @param quality told when it is not "ok" @param calibration id; told when it is not 0
 */
export function ngsiProperty(
    value: unknown,
    unitCode: string,
    time: string | null,
    quality: string,
    calibration: number
): NgsiProperty {
    return {
        type: "Property",
        value,
        unitCode,
        ...(time === null ? {} : { observedAt: time }),
        ...(quality === "ok" ? {} : { quality: { type: "Property", value: quality } as const }),
        ...(calibration === 0
            ? {}
            : { calibration: { type: "Property", value: calibration } as const }),
    }
}

/** Names for the channels of a row: their quantities; two of a quantity go by their channels' names. */
export function propertyNames(
    channels: readonly { readonly name: string; readonly quantity: string }[]
): string[] {
    return channels.map(({ name, quantity }) => {
        const isOnly = channels.filter(other => other.quantity === quantity).length === 1
        return isOnly ? quantity : camelCase(name)
    })
}

function camelCase(name: string): string {
    return name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
}
