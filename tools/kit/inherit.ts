/** What nodes inherit from the file, their site and their kit. */
import { type NotificationEntry, type Place, type SettingsEntry } from "./schema.js"

/** What a level can hand down. */
export interface Inherited {
    readonly place?: Place | undefined
    readonly settings?: SettingsEntry | undefined
    readonly notification?: NotificationEntry | undefined
}

/**
 * @param levels from the file to the node: what stands later counts
 * @returns each setting of the level nearest to the node; a Wi-Fi network is taken as a whole,
 * for a password belongs to one network
 */
export function inherit(levels: readonly Inherited[]): Required<Inherited> {
    const place = [...levels].reverse().find(level => level.place !== undefined)?.place
    const settings: Record<string, unknown> = {}
    const notification: Record<string, unknown> = {}
    for (const level of levels) {
        const { broker, ...rest } = level.settings ?? {}
        Object.assign(settings, defined(rest))
        if (broker !== undefined)
            settings["broker"] = {
                ...(settings["broker"] as object | undefined),
                ...defined(broker),
            }
        Object.assign(notification, defined(level.notification ?? {}))
    }
    return { place, settings, notification }
}

function defined(values: object): object {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
