/** Parts and the pins that their wires go to: those of a board's page, or those of a node. */
import { type Text } from "./card.js"
import {
    busPins,
    freePins,
    pinNamed,
    powerPins,
    type EdgePin,
    type KitBoard,
} from "./kit-boards.js"
import { type Language } from "./words.js"

export interface Wire {
    /** As printed on the part: "VIN". */
    readonly terminal: string
    readonly pin: EdgePin
}

export interface WiredPart {
    readonly title: string
    /** What to know of it, a line or two. */
    readonly detail: string
    readonly wires: readonly Wire[]
}

/** A part on the I2C bus. */
export function busPart(board: KitBoard, title: string, detail: string): WiredPart {
    const { supply, ground } = powerPins(board)
    const { sda, scl } = busPins(board)
    const wires = [
        { terminal: "VIN, VCC", pin: supply },
        { terminal: "GND", pin: ground },
        { terminal: "SDA", pin: sda },
        { terminal: "SCL", pin: scl },
    ]
    return { title, detail, wires }
}

/** A part with a wire of its own, beside supply and ground or ground alone.
 *  @param pin its name in DeviceScript @throws RangeError when the board has no such pin */
export function pinPart(
    board: KitBoard,
    pin: string,
    words: { readonly title: string; readonly detail: string; readonly terminal: string },
    isSupplied: boolean
): WiredPart {
    const { supply, ground } = powerPins(board)
    const wires = [
        ...(isSupplied ? [{ terminal: "VIN, VCC", pin: supply }] : []),
        { terminal: "GND", pin: ground },
        { terminal: words.terminal, pin: pinNamed(board, pin) },
    ]
    return { title: words.title, detail: words.detail, wires }
}

/** Pins that a page shows a part with a voltage and one with pulses on. */
export function examplePins(board: KitBoard): {
    readonly analog: EdgePin
    readonly pulses: EdgePin
} {
    const free = freePins(board)
    const analog = free.find(({ isAnalog }) => isAnalog)
    const digital = free.filter(pin => pin !== analog && !pin.isInputOnly)
    const pulses = digital.find(({ isAnalog }) => !isAnalog) ?? digital[0]
    if (analog === undefined) throw new RangeError(`${board.id}: no pin measures a voltage`)
    return { analog, pulses }
}

const WORDS: Readonly<Record<"sensor" | "fram" | "analog" | "pulses", readonly [Text, Text]>> = {
    sensor: [
        { en: "Every I2C sensor", da: "Hver I2C-føler" },
        {
            en: "side by side on the same four wires, each at an address of its own",
            da: "side om side på de samme fire ledninger, hver med sin adresse",
        },
    ],
    fram: [
        { en: "FRAM MB85RC256V", da: "FRAM MB85RC256V" },
        {
            en: "0x50; keeps readings through power cuts",
            da: "0x50; bevarer målinger ved strømsvigt",
        },
    ],
    analog: [
        { en: "Analog part", da: "Analog føler" },
        { en: "such as soil moisture; at most", da: "f.eks. jordfugt; højst" },
    ],
    pulses: [
        { en: "Contact or pulses", da: "Kontakt eller pulser" },
        {
            en: "such as a rain gauge; 10 kΩ from its wire to 3.3 V, 100 nF to ground",
            da: "f.eks. en regnmåler; 10 kΩ fra dens ledning til 3,3 V, 100 nF til GND",
        },
    ],
}

/** One of each kind of part that the kit has. */
export function exampleParts(board: KitBoard, language: Language): WiredPart[] {
    const words = (kind: keyof typeof WORDS) => ({
        title: WORDS[kind][0][language],
        detail: WORDS[kind][1][language],
    })
    const { analog, pulses } = examplePins(board)
    const volts = (board.chip.analogMv[1] / 1000).toFixed(2).replace(/0$/, "")
    const most = `${language === "en" ? volts : volts.replace(".", ",")} V`
    const soil = words("analog")
    const [sensor, fram] = [words("sensor"), words("fram")]
    return [
        busPart(board, sensor.title, sensor.detail),
        busPart(board, fram.title, fram.detail),
        pinPart(
            board,
            analog.name as string,
            { ...soil, detail: `${soil.detail} ${most}`, terminal: "OUT" },
            true
        ),
        pinPart(board, pulses.name as string, { ...words("pulses"), terminal: "OUT" }, false),
    ]
}
