/** Which wire of each part of a node goes to which pin of its board. */
import { isOnPin, loadAnyPart, partFolders } from "../../sim/parts/catalogue.js"
import { importedDrivers } from "../../sim/apps/from-imports.js"
import {
    busPins,
    fiveVoltPin,
    pinNamed,
    powerPins,
    type EdgePin,
    type KitBoard,
} from "../boards/kit-boards.js"
import { type WiredPart } from "../boards/wired-part.js"
import { type Language } from "../boards/words.js"
import { type AppProgram, type FittedPart, type KitNode } from "./kit.js"
import { CLOCKS, MEMORIES } from "./other-parts.js"
import { partCard, type Supply } from "./part-cards.js"

/** A part of a node, as its wiring page shows it. */
export interface NodePart extends WiredPart {
    /** As a card is found. */
    readonly card: string
    /** "0x44"; undefined on a pin. */
    readonly address: string | undefined
    /** What it measures, or what it is for. */
    readonly purpose: string
}

const WORDS = {
    en: {
        memory: "keeps readings through power cuts",
        clock: "knows the time without a network",
        ownPin: "its pin stands in the program",
    },
    da: {
        memory: "bevarer målinger ved strømsvigt",
        clock: "kender klokken uden netværk",
        ownPin: "dens ben står i programmet",
    },
} as const

/**
 * @returns in the order of the kit file, memory and clock last; of a program of its own the parts that it
 * imports, at the addresses that they have as bought
 * @throws RangeError when the board has no pin that a part needs
 */
export async function nodeParts(
    node: KitNode,
    board: KitBoard,
    language: Language
): Promise<NodePart[]> {
    const { program } = node
    if (program.kind === "app") return await partsOfApp(program, board, language)
    const sensors = program.sensors.map(({ part, partName, pin, address, channels }) => {
        const purpose = channels.map(({ name }) => name).join(", ")
        const at = { card: part.folder, title: partName, purpose, language }
        return isOnPin(part)
            ? onPin(board, { ...at, pin: pin === undefined ? undefined : pinNamed(board, pin) })
            : onBus(board, { ...at, address })
    })
    const other = (fitted: FittedPart | undefined, purpose: string): NodePart[] =>
        fitted === undefined
            ? []
            : [
                  onBus(board, {
                      card: fitted.part.name,
                      title: fitted.variant ?? fitted.part.className,
                      address: fitted.address,
                      purpose,
                      language,
                  }),
              ]
    const words = WORDS[language]
    return [...sensors, ...other(program.store, words.memory), ...other(program.clock, words.clock)]
}

async function partsOfApp(
    { source }: AppProgram,
    board: KitBoard,
    language: Language
): Promise<NodePart[]> {
    const words = WORDS[language]
    const known = new Set(partFolders())
    const folders = importedDrivers(source)
    const sensors = await Promise.all(
        folders
            .filter(folder => known.has(folder))
            .map(async folder => {
                const part = await loadAnyPart(folder)
                const purpose = part.channels.map(({ name }) => name).join(", ")
                const at = { card: folder, title: part.name, purpose, language }
                return isOnPin(part)
                    ? onPin(board, {
                          ...at,
                          purpose: `${purpose}; ${words.ownPin}`,
                          pin: undefined,
                      })
                    : onBus(board, { ...at, address: part.addresses[0] })
            })
    )
    const others = [...MEMORIES, ...CLOCKS].filter(
        (part, i, all) =>
            folders.includes(part.folder) &&
            !known.has(part.folder) &&
            all.findIndex(({ folder }) => folder === part.folder) === i
    )
    return [
        ...sensors,
        ...others.map(part =>
            onBus(board, {
                card: part.name,
                title: part.className,
                address: part.addresses[0],
                purpose: words.memory,
                language,
            })
        ),
    ]
}

interface PartWords {
    readonly card: string
    readonly title: string
    readonly purpose: string
    readonly language: Language
}

function onBus(board: KitBoard, part: PartWords & { readonly address: number }): NodePart {
    const { supply, wiring } = partCard(part.card)
    const { sda, scl } = busPins(board)
    const address = `0x${part.address.toString(16).padStart(2, "0")}`
    return {
        card: part.card,
        title: part.title,
        address,
        purpose: part.purpose,
        detail: [address, wiring?.[part.language]].filter(Boolean).join("; "),
        wires: [
            ...supplyWires(board, supply),
            { terminal: "GND", pin: powerPins(board).ground },
            { terminal: "SDA", pin: sda },
            { terminal: "SCL", pin: scl },
        ],
    }
}

function onPin(board: KitBoard, part: PartWords & { readonly pin: EdgePin | undefined }): NodePart {
    const { supply, wiring } = partCard(part.card)
    return {
        card: part.card,
        title: part.title,
        address: undefined,
        purpose: part.purpose,
        detail: wiring?.[part.language] ?? part.purpose,
        wires: [
            ...supplyWires(board, supply),
            { terminal: "GND", pin: powerPins(board).ground },
            ...(part.pin === undefined ? [] : [{ terminal: "OUT", pin: part.pin }]),
        ],
    }
}

function supplyWires(board: KitBoard, supply: Supply): NodePart["wires"] {
    if (supply === "3V3") return [{ terminal: "VIN, VCC", pin: powerPins(board).supply }]
    return supply === "5V" ? [{ terminal: "VIN, VCC", pin: fiveVoltPin(board) }] : []
}
