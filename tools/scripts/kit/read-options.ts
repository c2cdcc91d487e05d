/** Reads the options of drivers from their declarations, with the TypeScript compiler. */
import { existsSync } from "node:fs"
import path from "node:path"
import ts from "typescript"
import { loadParts } from "../../../sim/parts/catalogue.js"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"
import {
    type DriverOption,
    type DriverOptions,
    type MadeClass,
    type OptionType,
} from "../../kit/driver-options.js"
import { unpackDeviceTypes } from "../../project/device-types.js"

/** Classes that options can hold objects of, by the class that they extend. */
const MADE: Readonly<Record<string, readonly (readonly [className: string, file: string])[]>> = {
    AnalogQuantity: [
        ["LevelProbe", "drivers/shared/voltage/level-probe"],
        ["SoilProbe", "drivers/shared/voltage/soil-probe"],
        ["Loudness", "drivers/shared/voltage/loudness"],
    ],
}

/** Types of options that are another sensor of the node. */
const SENSORS = ["SensorDriver", "Contact"]

/** Parts of a node that are no sensors. */
const OTHER_PARTS: readonly (readonly [className: string, file: string])[] = [
    ["MB85RC256V", "drivers/mb85rc/driver"],
    ["MB85RC64", "drivers/mb85rc/driver"],
    ["AT24C256", "drivers/at24/driver"],
    ["DS3231", "drivers/ds3231/driver"],
]

/** @throws Error for an option of a type that a kit file cannot hold */
export async function readDriverOptions(): Promise<DriverOptions> {
    unpackDeviceTypes()
    const drivers = (await loadParts()).map(
        ({ folder, className }) => [className, `drivers/${folder}/driver`] as const
    )
    const reader = new OptionReader([...drivers, ...OTHER_PARTS, ...Object.values(MADE).flat()])
    const all = [...drivers, ...OTHER_PARTS].map(
        ([className, file]) => [className, reader.optionsOf(className, file)] as const
    )
    return Object.fromEntries(all)
}

class OptionReader {
    private readonly program: ts.Program
    private readonly checker: ts.TypeChecker

    constructor(classes: readonly (readonly [className: string, file: string])[]) {
        const file = path.join(PROJECT_ROOT, "tsconfig.device.json")
        const { options, fileNames } = ts.parseJsonConfigFileContent(
            ts.readConfigFile(file, name => ts.sys.readFile(name)).config,
            ts.sys,
            PROJECT_ROOT
        )
        const roots = classes.map(([, source]) => fileOf(source)).filter(name => existsSync(name))
        const declarations = fileNames.filter(name => name.endsWith(".d.ts"))
        this.program = ts.createProgram({
            rootNames: [...declarations, ...new Set(roots)],
            options,
        })
        this.checker = this.program.getTypeChecker()
    }

    /** @returns the members of the options that the class's constructor takes; none when it takes none */
    optionsOf(className: string, file: string): DriverOption[] {
        const source = this.program.getSourceFile(fileOf(file))
        let found: ts.ClassDeclaration | undefined
        source?.forEachChild(node => {
            if (ts.isClassDeclaration(node) && node.name?.text === className) found = node
        })
        if (found === undefined) throw new Error(`${file}.ts has no class ${className}`)
        const constructor = found.members.find(ts.isConstructorDeclaration)
        const parameter = constructor?.parameters.find(
            ({ name }) => ts.isIdentifier(name) && name.text === "options"
        )
        if (parameter === undefined) return []
        return this.membersOf(this.checker.getTypeAtLocation(parameter), className)
    }

    private membersOf(type: ts.Type, place: string): DriverOption[] {
        return type.getProperties().map(property => {
            const name = property.getName()
            const declaration = property.valueDeclaration
            if (declaration === undefined || !ts.isPropertySignature(declaration))
                throw new Error(`${place}: option ${name} has no declaration`)
            const text = ts
                .displayPartsToString(property.getDocumentationComment(this.checker))
                .replaceAll(/\{@link (?:\w+\.)?(\w+)\}/g, "$1")
                .replaceAll(/\s+/g, " ")
            const kind = this.typeOf(
                this.checker.getTypeOfSymbolAtLocation(property, declaration),
                `${place}.${name}`
            )
            return {
                name,
                type: kind,
                isRequired: declaration.questionToken === undefined,
                text,
                ...(isOfNumbers(kind) ? rangeIn(text) : {}),
            }
        })
    }

    private typeOf(type: ts.Type, place: string): OptionType {
        const { flags } = type
        if ((flags & ts.TypeFlags.Boolean) !== 0) return { kind: "truth" }
        if ((flags & ts.TypeFlags.NumberLike) !== 0 && !type.isLiteral()) return { kind: "number" }
        if (flags & ts.TypeFlags.String) return { kind: "text" }
        if (type.isStringLiteral() || type.isNumberLiteral())
            return { kind: "choice", values: [type.value] }
        if (type.isUnion()) {
            const values = type.types.map(one => {
                if (one.isStringLiteral() || one.isNumberLiteral()) return one.value
                throw new Error(`${place}: a union of other things than texts and numbers`)
            })
            return { kind: "choice", values }
        }
        const [element] = this.checker.isArrayType(type)
            ? this.checker.getTypeArguments(type as ts.TypeReference)
            : []
        if (element !== undefined) return { kind: "list", of: this.typeOf(element, place) }
        const name = type.symbol.getName()
        if (SENSORS.includes(name)) return { kind: "sensor" }
        if (Object.hasOwn(MADE, name))
            return { kind: "made", classes: MADE[name].map(one => this.made(one)) }
        if (type.symbol.flags & ts.SymbolFlags.Interface)
            return { kind: "group", options: this.membersOf(type, place) }
        throw new Error(`${place}: a kit file cannot hold ${this.checker.typeToString(type)}`)
    }

    private made([className, file]: readonly [string, string]): MadeClass {
        const name = className.charAt(0).toLowerCase() + className.slice(1)
        return { name, className, file, options: this.optionsOf(className, file) }
    }
}

function fileOf(source: string): string {
    return path.join(PROJECT_ROOT, "src", `${source}.ts`)
}

function isOfNumbers(type: OptionType): boolean {
    return type.kind === "number" || (type.kind === "list" && type.of.kind === "number")
}

const NUMBER = "[−-]?[\\d][\\d,]*(?:\\.\\d+)?"
const RANGE = new RegExp(`(${NUMBER}) … (${NUMBER})`)

/** "Altitude, m, 0 … 3000; default 0" → its range */
function rangeIn(text: string): { min?: number; max?: number } {
    const match = RANGE.exec(text)
    if (match === null) return {}
    const [min, max] = match
        .slice(1)
        .map(digits => Number(digits.replaceAll(",", "").replace("−", "-")))
    return { min, max }
}
