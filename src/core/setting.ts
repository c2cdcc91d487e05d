/** Between "key=value" pairs in the text of an application's settings. */
const SEPARATOR = ","

/**
 * A whole number that a department sets for a node, and what it may be. The tools of the
 * toolkit read these declarations out of the program's text, so write all arguments as they are:
 *
 *     const full = new Setting("full", "mm", 300, 50, 3900) // Distance at which the bin counts as full.
 */
export class Setting {
    value: number

    /**
     * @param key letters, digits and "-"
     * @param unit for people
     * @param value default, until the node's settings say something else
     * @param min lowest value that is taken
     * @param max highest value that is taken
     */
    constructor(
        readonly key: string,
        readonly unit: string,
        value: number,
        readonly min: number,
        readonly max: number
    ) {
        this.value = value
    }
}

/**
 * Gives settings their values out of "key=value,key=value".
 *
 * @returns keys whose value is no whole number in their range, separated by spaces; they keep their defaults
 */
export function applySettings(settings: Setting[], text: string): string {
    const all = SEPARATOR + text
    let unfit = ""
    for (const setting of settings) {
        const found = all.indexOf(SEPARATOR + setting.key + "=")
        if (found < 0) continue
        const value = parseFloat(all.slice(found + setting.key.length + 2))
        if (value >= setting.min && value <= setting.max && Math.floor(value) === value)
            setting.value = value
        else unfit = unfit === "" ? setting.key : unfit + " " + setting.key
    }
    return unfit
}
