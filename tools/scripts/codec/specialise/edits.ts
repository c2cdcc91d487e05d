/** Changes of a text in places that are known from its syntax tree. */
import type ts from "typescript"

interface Edit {
    readonly from: number
    readonly to: number
    readonly text: string
}

export class Edits {
    private readonly edits: Edit[] = []

    /** Replaces a node, without the space and the comments before it. */
    replace(node: ts.Node, text: string): void {
        this.edits.push({ from: node.getStart(), to: node.end, text })
    }

    replaceSpan(from: number, to: number, text: string): void {
        this.edits.push({ from, to, text })
    }

    insert(at: number, text: string): void {
        this.edits.push({ from: at, to: at, text })
    }

    /** @returns the part of the text from one place to another, changed */
    apply(text: string, from = 0, to = text.length): string {
        let result = ""
        let at = from
        for (const edit of inOrder(this.edits)) {
            if (edit.from < at || edit.to > to) continue
            result += text.slice(at, edit.from) + edit.text
            at = edit.to
        }
        return result + text.slice(at, to)
    }
}

/** By place; what is inserted at the start of something comes before it. */
function inOrder(edits: readonly Edit[]): Edit[] {
    return [...edits].sort((a, b) => a.from - b.from || a.to - b.to)
}
