/** What a running node says of itself over its USB connector, as the page shows it. */

/** Undefined: not known yet. */
export interface NodeView {
    /** Name of the node, as the board has it. */
    readonly node: string
    readonly sensors: readonly SensorView[]
    readonly wifi: boolean | undefined
    readonly broker: boolean | undefined
    /** Why the last attempt to reach the broker failed, in the node's words; "" for no failure. */
    readonly brokerProblem: string
    /** What it wrote to its log lately, the oldest first. */
    readonly log: readonly string[]
}

export interface SensorView {
    /** "Sensirion SHT40" */
    readonly part: string
    /** "I2C 0x44", "pin A0" */
    readonly where: string
    readonly channels: readonly ChannelView[]
}

export interface ChannelView {
    readonly name: string
    /** "21.4 °C" in the language of the page; undefined: no reading yet. */
    readonly value: number | undefined
    readonly decimals: number
    /** As people write it: "°C". */
    readonly unit: string
    /** Why there is none, in the words of the frame format; "" when there is one or none is expected yet. */
    readonly gap: string
    /** s */
    readonly ageSeconds: number | undefined
}
