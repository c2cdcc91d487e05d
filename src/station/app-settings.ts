import { Setting, applySettings } from "../core/setting.js"

/** Takes the text of the node's setting "app". */
export type SettingsTaker = (text: string) => void

/**
 * Gives an application's settings the values that the node was given (`app` in
 * docs/settings.md); what is not in its range keeps its default and is named on the console.
 *
 *     settings: useSettings([empty, full])
 */
export function useSettings(settings: Setting[]): SettingsTaker {
    return text => {
        const unfit = applySettings(settings, text)
        if (unfit !== "") console.warn("settings: app: not in its range: " + unfit)
    }
}
