/**
 * What programs compiled in one process share: the syntax trees of files that have not
 * changed, and that these files are free of errors. Nearly all of a program is the same
 * as in the one before: the platform's declarations, src/.
 *
 * The compiler writes what it finds out about a program into these trees; {@link begin}
 * takes that away again.
 */

/** What is used of a file's syntax tree. */
interface SourceFile {
    readonly fileName: string
    readonly text: string
    /** By the names that it imports. */
    resolvedModules?:
        | { forEach(action: (module: { resolvedFileName: string } | undefined) => void): void }
        | undefined
    /** Parts of it that change other modules. */
    readonly moduleAugmentations?: readonly unknown[]
    /** Set when it is a module. */
    readonly externalModuleIndicator?: unknown
}

interface TypedProgram<Diagnostic> {
    getSourceFiles(): readonly SourceFile[]
    getSourceFile(name: string): SourceFile | undefined
    getSemanticDiagnostics(file: SourceFile): readonly Diagnostic[]
}

/** What the compiler keeps at nodes, symbols and files of one program. */
interface Marked {
    __ds_cell?: unknown
    __ds_const_val?: unknown
    __ds_folded?: unknown
    __ds_srcidx?: unknown
}

/** TypeScript's numbers of what a syntax tree is made of, by name. */
type SyntaxKinds = Readonly<Record<string, number>>

/** What is used of an expression's syntax tree. */
interface Expression {
    readonly kind: number
    /** Of an expression with two operands. */
    readonly operatorToken?: { readonly kind: number }
}

/** Operators whose result is a number, a text or a truth value. */
const CALCULATIONS: readonly string[] = [
    ...["PlusToken", "MinusToken", "AsteriskToken", "SlashToken", "PercentToken"],
    ...["AmpersandToken", "BarToken", "CaretToken", "LessThanLessThanToken"],
    ...["GreaterThanGreaterThanToken", "GreaterThanGreaterThanGreaterThanToken"],
    ...["LessThanToken", "LessThanEqualsToken", "GreaterThanToken", "GreaterThanEqualsToken"],
    ...["EqualsEqualsToken", "EqualsEqualsEqualsToken"],
    ...["ExclamationEqualsToken", "ExclamationEqualsEqualsToken"],
]

/** Other expressions that are no promise. */
const NO_PROMISES: readonly string[] = [
    ...["NumericLiteral", "StringLiteral", "TrueKeyword", "FalseKeyword", "NullKeyword"],
    ...["PrefixUnaryExpression", "PostfixUnaryExpression", "TemplateExpression"],
    ...["ArrowFunction", "FunctionExpression", "ArrayLiteralExpression"],
    ...["ObjectLiteralExpression", "TypeOfExpression"],
]

export class SharedSources {
    private readonly files = new Map<string, SourceFile>()
    private marked: Marked[] = []
    /** Files without errors and what they imported then, by what changes modules from outside. */
    private readonly sound = new Map<string, Map<SourceFile, readonly SourceFile[]>>()
    private readonly printers = new Map<boolean, unknown>()
    private calculations: ReadonlySet<number> | undefined
    private noPromises: ReadonlySet<number> | undefined
    private readonly numbers = new WeakMap<SourceFile, number>()
    private count = 0

    /** A program begins: nothing is known of it. */
    begin(): void {
        for (const marked of this.marked) {
            marked.__ds_cell = undefined
            marked.__ds_const_val = undefined
            marked.__ds_folded = undefined
            marked.__ds_srcidx = undefined
        }
        this.marked = []
    }

    /** The tree of a file, parsed when its text is not that of the last time. */
    sourceFile(fileName: string, text: string, parse: () => SourceFile): SourceFile {
        const known = this.files.get(fileName)
        if (known?.text === text) {
            // They are found anew: in another folder they are others.
            known.resolvedModules = undefined
            return known
        }
        const file = parse()
        this.files.set(fileName, file)
        return file
    }

    /**
     * What prints names; it keeps nothing of what it has printed.
     *
     * @param isOfFile whether it prints for a file as a whole, which has another printer
     */
    printer<T>(isOfFile: boolean, make: () => T): T {
        if (!this.printers.has(isOfFile)) this.printers.set(isOfFile, make())
        return this.printers.get(isOfFile) as T
    }

    /**
     * Whether the compiler has to find out if an expression is a promise that nobody awaits. The
     * type of a calculation is found from those of all its parts, and then of each part again.
     */
    canBePromise(kinds: SyntaxKinds, { kind, operatorToken }: Expression): boolean {
        this.calculations ??= new Set(CALCULATIONS.map(name => kinds[name]))
        this.noPromises ??= new Set(NO_PROMISES.map(name => kinds[name]))
        return operatorToken === undefined
            ? !this.noPromises.has(kind)
            : !this.calculations.has(operatorToken.kind)
    }

    /** The compiler has written something into this node, symbol or file. */
    mark<T extends Marked>(marked: T): T {
        this.marked.push(marked)
        return marked
    }

    /**
     * The errors of a program. A file is not checked again while all that it sees is as it
     * was when it had none: what it imports, that in turn, and the files that add to others.
     */
    semanticDiagnostics<D>(program: TypedProgram<D>): D[] {
        const files = program.getSourceFiles()
        const around = files.filter(
            file => file.externalModuleIndicator === undefined || isAugmenting(file)
        )
        const key = around.map(file => this.numberOf(file)).join()
        const sound = this.sound.get(key) ?? new Map<SourceFile, readonly SourceFile[]>()
        this.sound.set(key, sound)

        const imports = new Map(files.map(file => [file, importsOf(program, file)]))
        const isAsBefore = (file: SourceFile): boolean => {
            const now = imports.get(file) ?? []
            const before = sound.get(file)
            return before?.length === now.length && before.every((other, i) => other === now[i])
        }
        const asBefore = new Set(files.filter(isAsBefore))
        const found: D[] = []
        for (const file of files) {
            if (reachedFrom(file, imports).every(other => asBefore.has(other))) continue
            const errors = program.getSemanticDiagnostics(file)
            found.push(...errors)
            if (errors.length === 0) sound.set(file, imports.get(file) ?? [])
            else sound.delete(file)
        }
        return found
    }

    private numberOf(file: SourceFile): number {
        const known = this.numbers.get(file) ?? this.count++
        this.numbers.set(file, known)
        return known
    }
}

function isAugmenting(file: SourceFile): boolean {
    return (file.moduleAugmentations?.length ?? 0) > 0
}

/** A file, and all that it imports by way of others. */
function reachedFrom(
    file: SourceFile,
    imports: ReadonlyMap<SourceFile, readonly SourceFile[]>
): SourceFile[] {
    const reached = new Set([file])
    for (const next of reached) for (const other of imports.get(next) ?? []) reached.add(other)
    return [...reached]
}

function importsOf<D>(program: TypedProgram<D>, file: SourceFile): SourceFile[] {
    const imports: SourceFile[] = []
    file.resolvedModules?.forEach(module => {
        const other = module && program.getSourceFile(module.resolvedFileName)
        if (other !== undefined) imports.push(other)
    })
    return imports
}
