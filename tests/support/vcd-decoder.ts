/** An I2C decoder over a value change dump, written from UM10204 alone: what PulseView would show. */

export interface DecodedByte {
    readonly value: number
    readonly isAcknowledged: boolean
}

/** From a start or repeated start to the next one or the stop; the first byte is the address. */
export interface DecodedMessage {
    readonly startNs: number
    readonly bytes: readonly DecodedByte[]
}

/** @throws Error for a dump that no bus could give */
export function decodeVcd(text: string): DecodedMessage[] {
    const names = new Map<string, string>()
    const messages: DecodedMessage[] = []
    const level: Record<string, number> = { SCL: -1, SDA: -1 }
    let time = 0
    let bits: number[] = []
    let bytes: DecodedByte[] | undefined
    for (const entry of text.split("\n")) {
        const declared = /^\$var wire 1 (\S+) (\S+) \$end$/.exec(entry)
        if (declared !== null) names.set(declared[1], declared[2])
        if (entry.startsWith("#")) {
            const next = Number(entry.slice(1))
            if (next < time) throw new Error(`time goes back at ${next} ns`)
            time = next
        }
        const change = /^([01])(\S+)$/.exec(entry)
        if (change === null) continue
        const name = names.get(change[2])
        if (name === undefined) throw new Error(`unknown line ${change[2]}`)
        const value = Number(change[1])
        const before = level[name]
        level[name] = value
        if (name === "SDA" && level["SCL"] === 1 && before !== -1 && before !== value) {
            if (bytes !== undefined && bits.length > 1)
                throw new Error(`SDA changes within a byte at ${time} ns`)
            bits = []
            bytes = undefined
            if (value === 0) {
                bytes = []
                messages.push({ startNs: time, bytes })
            }
        }
        if (name === "SCL" && value === 1 && before === 0 && bytes !== undefined) {
            bits.push(level["SDA"])
            if (bits.length === 9) {
                const byte = bits.slice(0, 8).reduce((sum, bit) => 2 * sum + bit, 0)
                bytes.push({ value: byte, isAcknowledged: bits[8] === 0 })
                bits = []
            }
        }
    }
    return messages
}
