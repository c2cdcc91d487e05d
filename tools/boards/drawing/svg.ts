/** The few elements of SVG that the drawings are made of. */

type Attributes = Readonly<Record<string, string | number | undefined>>

const ESCAPES: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
}

export function escaped(text: string): string {
    return text.replace(/[&<>"]/g, sign => ESCAPES[sign])
}

/** One element on a line. @param content text that is escaped already, or further elements */
export function element(name: string, attributes: Attributes, content?: string): string {
    const words = Object.entries(attributes).flatMap(([key, value]) =>
        value === undefined ? [] : ` ${key}="${escaped(String(value))}"`
    )
    const head = `<${name}${words.join("")}`
    return content === undefined ? `${head}/>` : `${head}>${content}</${name}>`
}

export type Anchor = "start" | "middle" | "end"

/** Its baseline is at y. */
export function text(
    x: number,
    y: number,
    content: string,
    style: string,
    anchor: Anchor = "start"
): string {
    const attributes = {
        x,
        y,
        class: style,
        "text-anchor": anchor === "start" ? undefined : anchor,
    }
    return element("text", attributes, escaped(content))
}

/** Breaks a text into lines of at most N characters, and longer words too. */
export function wrapped(words: string, most: number): string[] {
    const lines: string[] = []
    const pieces = words
        .split(/\s+/)
        .flatMap(word => word.match(new RegExp(`.{1,${most}}`, "gu")) ?? [])
    for (const word of pieces) {
        const last = lines.at(-1)
        if (last !== undefined && last.length + 1 + word.length <= most)
            lines[lines.length - 1] = `${last} ${word}`
        else lines.push(word)
    }
    return lines
}
