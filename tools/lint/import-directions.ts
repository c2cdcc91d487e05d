/**
 * Who may import whom (docs: README.md, "Layout"). Dependencies point one way:
 * devs → src/station → src/{uplink, calibration, drivers} → src/core; tools and
 * sim may use the parts of src/ that know nothing of the board.
 */
import type { Linter } from "eslint"
import { MODELS, NOT_DEVICE, TESTS } from "./files.js"

/** Files of a kind, and what they may import of this project. */
interface Layer {
    readonly files: readonly string[]
    readonly ignores: readonly string[]
    /** Folders, and files with their ending. */
    readonly may: readonly string[]
    /** Of the folders above, what is out of bounds all the same; globs. */
    readonly mayNot?: readonly string[]
    readonly why: string
}

const NOT_MODELS = "src/drivers/**/!(*model).ts"

const DRIVER_MODELS = "src/drivers/**/*model.ts"

export const LAYERS: readonly Layer[] = [
    {
        files: ["src/core/**/*.ts"],
        ignores: TESTS,
        may: ["src/core"],
        why: "src/core imports nothing outside itself.",
    },
    {
        files: ["src/uplink/wire/**/*.ts"],
        ignores: TESTS,
        may: ["src/core", "src/uplink/wire"],
        why: "src/uplink/wire also runs in Node and imports src/core at most.",
    },
    ...["calibration", "drivers", "uplink"].map(name => ({
        files: [`src/${name}/**/*.ts`],
        ignores: [...NOT_DEVICE, "src/uplink/wire/**"],
        may: ["src/core", `src/${name}`, "node_modules"],
        mayNot: [DRIVER_MODELS],
        why: `src/${name} imports src/core at most, and no register models.`,
    })),
    {
        files: ["src/station/**/*.ts"],
        ignores: NOT_DEVICE,
        may: ["src", "node_modules"],
        mayNot: [DRIVER_MODELS],
        why: "src/station imports src/ at most, and no register models.",
    },
    {
        files: ["devs/**/*.ts"],
        ignores: NOT_DEVICE,
        may: ["src", "node_modules"],
        mayNot: [DRIVER_MODELS],
        why: "A program imports src/ at most, no other program, and no register models.",
    },
    {
        files: MODELS,
        ignores: TESTS,
        may: ["src/core", "src/drivers"],
        mayNot: [NOT_MODELS],
        why: "A register model imports src/core and other models at most, so that it can not share a mistake with its driver.",
    },
    {
        files: ["sim/**/*.ts"],
        ignores: TESTS,
        may: ["sim", "src/core", "src/uplink/wire", "src/drivers", "node_modules"],
        mayNot: [NOT_MODELS],
        why: "sim imports src/core, src/uplink/wire and register models at most.",
    },
    {
        files: ["tools/**/*.ts"],
        ignores: TESTS,
        may: ["tools", "sim", "src/core", "src/uplink/wire", "src/drivers", "node_modules"],
        mayNot: [NOT_MODELS],
        why: "tools imports sim, src/core, src/uplink/wire and register models at most.",
    },
]

/** One block of ESLint configuration for each layer. */
export function importDirections(root: string): Linter.Config[] {
    return LAYERS.map(layer => ({
        files: [...layer.files],
        ignores: [...layer.ignores],
        rules: {
            "import-x/no-restricted-paths": [
                "error",
                {
                    basePath: root,
                    zones: [
                        {
                            target: ".",
                            from: ".",
                            except: layer.may.map(folder => `./${folder}`),
                            message: layer.why,
                        },
                        ...(layer.mayNot ?? []).map(from => ({
                            target: ".",
                            from,
                            message: layer.why,
                        })),
                    ],
                },
            ],
        },
    }))
}
