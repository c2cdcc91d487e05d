/** Whether a text is printable ASCII without quotes and backslashes: it can stand in JSON as it is. */
export function isPlainText(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false
    }
    return true
}
