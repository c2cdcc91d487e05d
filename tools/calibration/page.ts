/** A certificate as a page of paper, without anything from elsewhere. */

export interface Page {
    readonly language: string
    readonly title: string
    readonly number: number
    /** What nobody may overlook; undefined: nothing. */
    readonly warning: string | undefined
    /** Names and what stands beside them, as HTML. */
    readonly facts: readonly (readonly [string, string])[]
    /** HTML below them. */
    readonly rest: string
}

export function pageOf({ language, title, number, warning, facts, rest }: Page): string {
    return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<title>${title} ${number}</title>
<style>
body { font: 11pt/1.4 system-ui, sans-serif; max-width: 180mm; margin: 10mm auto; color: #111 }
h1 { font-size: 16pt }
table { border-collapse: collapse; width: 100%; margin: 4mm 0 }
th, td { text-align: left; padding: 1mm 2mm; border-bottom: 1px solid #bbb; vertical-align: top }
.points th, .points td { text-align: right; font-variant-numeric: tabular-nums }
.warning { border: 2px solid #b00; padding: 2mm }
svg { width: 100%; height: auto }
@page { size: A4; margin: 12mm }
@media print { body { margin: 0 } }
</style>
<h1>${title}</h1>
${warning === undefined ? "" : `<p class="warning">${warning}</p>`}
<table>${facts.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join("\n")}</table>
${rest}
</html>
`
}

/** Six digits: more than any sensor has. */
export function digits(value: number): string {
    return String(Number(value.toPrecision(6)))
}

export function day(iso: string): string {
    return iso.slice(0, 10)
}

export function escaped(text: string): string {
    return text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)
}
