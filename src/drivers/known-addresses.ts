/** Which parts can have an address. */
export interface KnownAddress {
    address: number
    names: string
}

/** Made by `npm run docs:sensors` from the parts' folders. */
export const KNOWN_ADDRESSES: KnownAddress[] = [
    { address: 0x23, names: "BH1750FVI" },
    { address: 0x44, names: "SHT40, SHT41, SHT45" },
    { address: 0x45, names: "SHT40, SHT41, SHT45" },
    { address: 0x46, names: "SHT40, SHT41, SHT45" },
    { address: 0x50, names: "MB85RC256V, MB85RC64 or 24LC256" },
    { address: 0x5c, names: "BH1750FVI" },
    { address: 0x62, names: "SCD40, SCD41" },
]
