/** Virtual durations in ms. */
export const seconds = (n: number): number => n * 1000
export const minutes = (n: number): number => n * 60_000
export const hours = (n: number): number => n * 3_600_000
export const days = (n: number): number => n * 86_400_000

const UNITS: Readonly<Record<string, number>> = {
    ms: 1,
    s: 1000,
    m: 60_000,
    min: 60_000,
    h: 3_600_000,
    d: 86_400_000,
}

/**
 * @param text "90s", "15m", "24h", "7d", "1h30m"
 * @returns ms, or undefined when it is not a duration above zero
 */
export function parseDuration(text: string): number | undefined {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|min|s|m|h|d)/g)]
    if (parts.length === 0 || parts.map(p => p[0]).join("") !== text) return undefined
    const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit], 0)
    return total > 0 ? total : undefined
}

/** "24 h", "1 h 30 min", "45 s" */
export function formatDuration(ms: number): string {
    const total = Math.round(ms / 1000)
    const parts = [
        [Math.floor(total / 86400), "d"],
        [Math.floor(total / 3600) % 24, "h"],
        [Math.floor(total / 60) % 60, "min"],
        [total % 60, "s"],
    ] as const
    const shown = parts.filter(([count]) => count > 0).slice(0, 2)
    return shown.length === 0 ? "0 s" : shown.map(([count, unit]) => `${count} ${unit}`).join(" ")
}
