/**
 * A name as a cell: RFC 4180, section 2, and nothing that a spreadsheet would run as a formula
 * (OWASP, "CSV Injection"): an apostrophe goes before =, +, -, @, tab and carriage return. Numbers
 * do not pass through here, so that negative ones stay numbers.
 */
export function csvCell(text: string): string {
    const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
