/** What the row coder's comments tell the generator. */
import ts from "typescript"

export interface Tags {
    /** Methods whose calls become their bodies. */
    readonly inline: ReadonlySet<string>
    /** Methods that keep the fields they use often in local variables. */
    readonly locals: ReadonlySet<string>
    /** Fields that are read only after they were written in the same call: local variables. */
    readonly scratch: ReadonlySet<string>
    /** Members of one direction. */
    readonly encoder: ReadonlySet<string>
    readonly decoder: ReadonlySet<string>
}

/** @returns names of the members of a module's classes that have each tag */
export function tagsOf(file: ts.SourceFile): Tags {
    const named = (tag: string): ReadonlySet<string> =>
        new Set(
            file.statements
                .filter(ts.isClassDeclaration)
                .flatMap(node => [...node.members])
                .filter(member => ts.getJSDocTags(member).some(t => t.tagName.text === tag))
                .map(member => (member.name as ts.Identifier).text)
        )
    return {
        inline: named("inline"),
        locals: named("locals"),
        scratch: named("scratch"),
        encoder: named("encoder"),
        decoder: named("decoder"),
    }
}
