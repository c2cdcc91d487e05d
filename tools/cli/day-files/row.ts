/** A reading as day files have it, whatever their form. */
export interface Row {
    readonly site: string
    readonly node: string
    readonly boot: number
    readonly sequence: number
    /** Unix ms. */
    readonly time: number
    readonly timeUncertaintyMs: number | null
    readonly channel: string
    readonly unit: string
    /** null: a gap. */
    readonly value: number | null
    readonly integer: number | null
    readonly quality: string
    /** Id of the calibration that the value was corrected by; none: none, or a file of before there were any. */
    readonly calibration?: number
    /** As the node says; files of NDJSON have neither. */
    readonly quantity?: string
    readonly unitCode?: string
}

/** What is wanted of them. */
export interface RowFilter {
    readonly site?: string | undefined
    /** Any of them; none: all. */
    readonly nodes: readonly string[]
    readonly channels: readonly string[]
    /** Unix ms, this one included. */
    readonly fromMs: number
    /** Unix ms, this one not. */
    readonly toMs: number
}

export function isWanted(row: Row, { site, nodes, channels, fromMs, toMs }: RowFilter): boolean {
    return (
        row.time >= fromMs &&
        row.time < toMs &&
        (site === undefined || row.site === site) &&
        (nodes.length === 0 || nodes.includes(row.node)) &&
        (channels.length === 0 || channels.includes(row.channel))
    )
}
