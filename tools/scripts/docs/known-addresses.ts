/** Makes the table by which the bus scan names what it may have found. */
import { addressText } from "../../cli/parts.js"
import { type CataloguedPart } from "../../../sim/parts/catalogue.js"

export const KNOWN_ADDRESSES_FILE = "src/drivers/shared/known-addresses.ts"

/** Parts on the bus that have no entry among the sensors. */
const MEMORIES = [{ name: "MB85RC256V, MB85RC64 or 24LC256", addresses: [0x50] }]

/** Source of the file, unformatted. */
export function knownAddressesSource(parts: readonly CataloguedPart[]): string {
    const names = new Map<number, string[]>()
    for (const { name, addresses } of [...parts, ...MEMORIES])
        for (const address of addresses) names.set(address, [...(names.get(address) ?? []), name])
    const rows = [...names]
        .sort(([a], [b]) => a - b)
        .map(
            ([address, list]) =>
                `{ address: ${addressText(address)}, names: "${list.join("; ")}" },`
        )
    return `/** Which parts can have an address. */
export interface KnownAddress {
    address: number
    names: string
}

/** Made by \`npm run docs:sensors\` from the parts' folders. */
export const KNOWN_ADDRESSES: KnownAddress[] = [
${rows.join("\n")}
]
`
}
