/** Which programs in devs/ use which parts: read from their imports. */
import { importedDrivers, programText } from "../../../sim/apps/from-imports.js"
import { appNames } from "../../../sim/apps/registry.js"

/** @returns names of programs by the part's folder */
export function appsByPart(): ReadonlyMap<string, readonly string[]> {
    const result = new Map<string, string[]>()
    for (const app of appNames())
        for (const folder of importedDrivers(programText(`devs/${app}.ts`)))
            result.set(folder, [...(result.get(folder) ?? []), app])
    return result
}
