/** What pages and drawings of boards say, in English and Danish. */
import { type Taken, type Text } from "./card.js"
import { type EdgePin, type Reserved } from "./kit-boards.js"

export type Language = keyof Text
export const LANGUAGES: readonly Language[] = ["en", "da"]

/** Why a pin is not for parts, short enough for a drawing. */
const RESERVED: Readonly<Record<Reserved, Text>> = {
    data: { en: "I2C data", da: "I2C data" },
    clock: { en: "I2C clock", da: "I2C clock" },
    beat: { en: "firmware's beat", da: "firmwarens takt" },
    light: { en: "light", da: "lysdiode" },
    start: { en: "decides the start", da: "bestemmer starten" },
    messages: { en: "start-up messages", da: "startbeskeder" },
}

const TAKEN: Readonly<Record<Taken, Text>> = {
    start: { en: "decides the start", da: "bestemmer starten" },
    reset: { en: "reset or switch-off", da: "nulstil eller sluk" },
    usb: { en: "USB", da: "USB" },
    memory: { en: "memory", da: "hukommelse" },
    debug: { en: "start-up messages", da: "startbeskeder" },
}

const ANALOG: Text = { en: "analog", da: "analog" }
const READ_ONLY: Text = { en: "only read", da: "kun læses" }

/** What a pin is, behind its GPIO where another name is printed; and whether it is to be left alone. */
export function pinWords(pin: EdgePin, language: Language): { text: string; isLeftAlone: boolean } {
    const { kind, gpio, reserved, taken, isAnalog, isInputOnly } = pin
    if (kind !== "gpio")
        return {
            text: taken === undefined ? "" : TAKEN[taken][language],
            isLeftAlone: taken !== undefined,
        }
    const words: string[] = []
    if (!pin.label.endsWith(String(gpio)) || /^[AD]\d+$/.test(pin.label)) words.push(`GPIO${gpio}`)
    if (reserved !== undefined) words.push(RESERVED[reserved][language])
    else if (isAnalog) words.push(ANALOG[language])
    if (isInputOnly) words.push(READ_ONLY[language])
    const isBus = reserved === "data" || reserved === "clock"
    return { text: words.join(" · "), isLeftAlone: reserved !== undefined && !isBus }
}

/** "GP4 (pin 6)", "SDA" */
export function placeWords({ label, number }: EdgePin, language: Language): string {
    return number === undefined
        ? label
        : `${label} (${language === "en" ? "pin" : "ben"} ${number})`
}
