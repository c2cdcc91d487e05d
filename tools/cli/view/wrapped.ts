/**
 * A text in lines of at most `width` characters, broken between words; a longer word stands alone.
 *
 * @param width of all lines, those that go on are indented by `indent`
 */
export function wrapped(text: string, width = 78, indent = "  "): string[] {
    const lines: string[] = []
    let current = ""
    for (const word of text.split(/(?<= )/)) {
        if (current.trim() !== "" && (current + word).trimEnd().length > width) {
            lines.push(current.trimEnd())
            current = indent
        }
        current += word
    }
    return [...lines, current.trimEnd()]
}
