/**
 * The text format of OpenMetrics 1.0, as Prometheus and others read it.
 *
 * @see https://github.com/prometheus/OpenMetrics, specification/OpenMetrics.md 1.0, "Text format"
 */

export const CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

export interface Sample {
    readonly labels?: Readonly<Record<string, string>>
    readonly value: number
    /** When it was measured, Unix ms; default: now. */
    readonly unixMs?: number
}

export interface Family {
    /** Without "_total". */
    readonly name: string
    readonly type: "counter" | "gauge"
    readonly help: string
    /** No two with the same labels. */
    readonly samples: readonly Sample[]
}

export function exposition(families: readonly Family[]): string {
    let text = ""
    for (const { name, type, help, samples } of families) {
        text += `# TYPE ${name} ${type}\n# HELP ${name} ${escaped(help)}\n`
        const sampleName = type === "counter" ? `${name}_total` : name
        for (const { labels = {}, value, unixMs } of samples) {
            const time = unixMs === undefined ? "" : ` ${(unixMs / 1000).toFixed(3)}`
            text += `${sampleName}${labelText(labels)} ${value}${time}\n`
        }
    }
    return `${text}# EOF\n`
}

function labelText(labels: Readonly<Record<string, string>>): string {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
    return pairs.length === 0 ? "" : `{${pairs.join(",")}}`
}

function escaped(text: string): string {
    return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')
}
