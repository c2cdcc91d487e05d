/**
 * A name as a cell: RFC 4180, section 2, and nothing that a spreadsheet would run as a formula
 * (OWASP, "CSV Injection"): an apostrophe goes before =, +, -, @, tab and carriage return. Numbers
 * do not pass through here, so that negative ones stay numbers.
 */
export function csvCell(text: string, delimiter: "," | ";" = ","): string {
    const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    const isQuoted = harmless.includes(delimiter) || /["\r\n]/.test(harmless)
    return isQuoted ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
