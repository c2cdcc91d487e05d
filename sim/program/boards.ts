/** The boards that programs can be built for, and how much of a program they hold. */
import { readBoards, theCompiler } from "./compile.js"
import { projectRoot } from "./project.js"

export interface Board {
    /** As given to `--board`: "pico_w". */
    readonly id: string
    /** Maker and model. */
    readonly name: string
    /** What it says it is over Jacdac; undefined when its configuration does not tell. */
    readonly productId: number | undefined
    /** Chip family: "rp2040w". */
    readonly architecture: string
    /** Numbers of its pins, by what is printed beside them. */
    readonly pins: Readonly<Record<string, number>>
    /** GPIOs of its I2C bus; undefined where the program has to name them. */
    readonly i2c: { readonly sda: number; readonly scl: number } | undefined
    /** GPIO of its light, if it has one on a pin. */
    readonly ledPin: number | undefined
    /** Whether it is one of this project's. */
    readonly isOwn: boolean
    /** Largest program, B. */
    readonly programBytes: number
}

/** Number of a GPIO, or what is printed beside it. */
type PinName = number | string

interface BuildConfig {
    readonly boards: Record<
        string,
        {
            id: string
            devName: string
            archId: string
            productId?: string
            pins?: Readonly<Record<string, number>>
            i2c?: { pinSDA?: PinName; pinSCL?: PinName }
            led?: { pin?: PinName }
        }
    >
    readonly archs: Record<string, { flashPageSize: number; fstorPages: number }>
}

/** All boards, the project's own first. */
export function knownBoards(root = projectRoot()): Board[] {
    const own = readBoards(root) as { id: string }[]
    const config = theCompiler().resolveBuildConfig({
        hwInfo: {},
        addServices: [],
        addBoards: own,
    }) as BuildConfig
    const boards: Board[] = []
    for (const board of Object.values(config.boards)) {
        const { id, devName, archId, productId, i2c, led } = board
        const architecture = config.archs[archId]
        if (architecture === undefined) continue
        // Names that begin with a sign are notes.
        const pins = Object.fromEntries(
            Object.entries(board.pins ?? {}).filter(([name]) => /^\w/.test(name))
        )
        const gpio = (pin: PinName | undefined) => (typeof pin === "string" ? pins[pin] : pin)
        const [sda, scl] = [gpio(i2c?.pinSDA), gpio(i2c?.pinSCL)]
        boards.push({
            id,
            name: devName,
            productId: productId === undefined ? undefined : Number(productId),
            architecture: archId,
            pins,
            i2c: sda === undefined || scl === undefined ? undefined : { sda, scl },
            ledPin: gpio(led?.pin),
            isOwn: own.some(board => board.id === id),
            programBytes:
                programPages(architecture.fstorPages) * architecture.flashPageSize -
                PROGRAM_HEADER_BYTES,
        })
    }
    return boards.sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || (a.id < b.id ? -1 : 1))
}

/** The board keeps a length and a hash before the program, B. */
const PROGRAM_HEADER_BYTES = 128

/**
 * Pages for one program in a store of N pages: two settings banks of a
 * sixteenth each come off, and the allocator never uses the last page
 * (jacdac-c source/jd_fstor.c).
 */
function programPages(pages: number): number {
    return pages - 2 * Math.floor(pages / 16) - 1
}
