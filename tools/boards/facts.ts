/** What a board is and what it can and cannot, in words. */
import { type Text } from "./card.js"
import { busPins, type KitBoard } from "./kit-boards.js"
import { placeWords, type Language } from "./words.js"

export interface BoardFact {
    readonly what: string
    readonly value: string
}

const FACTS = {
    id: {
        en: "its name in commands and in the kit file",
        da: "dets navn i kommandoer og i kitfilen",
    },
    chip: { en: "chip", da: "chip" },
    whole: { en: "memory of the board", da: "boardets hukommelse" },
    heap: { en: "of it, for a program's data", da: "heraf til et programs data" },
    store: { en: "of it, for program and settings", da: "heraf til program og indstillinger" },
    network: { en: "network", da: "netværk" },
    brokers: { en: "brokers", da: "brokere" },
    connector: { en: "connector", da: "stik" },
    bus: { en: "I2C", da: "I2C" },
    analog: { en: "pins that measure a voltage", da: "ben, der måler en spænding" },
    pulses: { en: "pulses", da: "pulser" },
    stretch: { en: "an SCD30", da: "en SCD30" },
    hang: { en: "when it hangs", da: "når det hænger" },
    sleep: { en: "sleep between readings", da: "søvn mellem målinger" },
    boot: { en: "ready to be written", da: "klar til at blive skrevet" },
} satisfies Readonly<Record<string, Text>>

const WORDS = {
    wifi: {
        en: "Wi-Fi, 2.4 GHz, WPA2 with a password; no Enterprise, no hidden name",
        da: "Wi-Fi, 2,4 GHz, WPA2 med adgangskode; ikke Enterprise, intet skjult navn",
    },
    noNetwork: { en: "none; USB only", da: "intet; kun USB" },
    tls: { en: "with and without TLS", da: "med og uden TLS" },
    noTls: {
        en: "without TLS only, and only by name",
        da: "kun uden TLS, og kun ved navn",
    },
    noBroker: { en: "none", da: "ingen" },
    readings: {
        en: "programs are written and readings come through it",
        da: "programmer skrives og målinger aflæses gennem det",
    },
    noReadings: {
        en: "programs are written through it; no readings",
        da: "programmer skrives gennem det; ingen aflæsning",
    },
    plug: { en: "plug", da: "stik" },
    restarts: { en: "a watchdog restarts it", da: "en watchdog genstarter det" },
    stays: {
        en: "it stays so until its supply is taken away",
        da: "det bliver det, til strømmen tages fra",
    },
    sleeps: { en: "possible", da: "mulig" },
    noSleep: { en: "not possible", da: "ikke mulig" },
    fits: { en: "fits", da: "passer" },
    marginal: {
        en: "may hold the bus longer than the board waits",
        da: "kan holde bussen længere, end boardet venter",
    },
} satisfies Readonly<Record<string, Text>>

/** An SCD30 holds the clock for so long (Interface Description 1.0, section 1.1), ms. */
const SCD30_STRETCH_MS = 150

/** A board in facts, in the order in which to read them. */
export function boardFacts(board: KitBoard, language: Language): BoardFact[] {
    const { card, chip, profile, id } = board
    const word = (key: keyof typeof WORDS) => WORDS[key][language]
    const { sda, scl } = busPins(board)
    const plug = card.plug === null ? "" : `; ${word("plug")} ${card.plug}`
    const network = profile.hasWifi ? word("wifi") : word("noNetwork")
    const brokers = profile.hasTls ? word("tls") : word(profile.hasWifi ? "noTls" : "noBroker")
    const stretches = chip.stretchMs === undefined || chip.stretchMs > SCD30_STRETCH_MS
    const facts: [keyof typeof FACTS, string][] = [
        ["id", id],
        ["chip", chip.name],
        ["whole", `${card.flashMB} MB flash, ${card.ramKB} KB RAM`],
        ["heap", `${profile.heapBytes / 1024} KB`],
        ["store", `${profile.flashBytes / 1024} KB`],
        ["network", network],
        ["brokers", brokers],
        ["connector", `${card.usb}: ${word(card.readsOverUsb ? "readings" : "noReadings")}`],
        ["bus", `SDA: ${placeWords(sda, language)}, SCL: ${placeWords(scl, language)}${plug}`],
        ["analog", analogText(board, language)],
        ["pulses", pulsesText(board, language)],
        ["stretch", word(stretches ? "fits" : "marginal")],
        ["hang", word(chip.hasWatchdog ? "restarts" : "stays")],
        ["sleep", word(chip.canSleep ? "sleeps" : "noSleep")],
        ["boot", card.bootMode[language]],
    ]
    return facts.map(([key, value]) => ({ what: FACTS[key][language], value }))
}

/** "A0, A1; 0 … 2.5 V" */
function analogText({ pins, chip }: KitBoard, language: Language): string {
    const names = pins
        .filter(({ isAnalog, reserved }) => isAnalog && reserved === undefined)
        .map(({ label }) => label)
    const [from, to] = chip.analogMv.map(mv => decimal(mv / 1000, language))
    return `${names.join(", ")}; ${from} … ${to} V`
}

function pulsesText({ chip }: KitBoard, language: Language): string {
    const { pulseHz, pollMs } = chip
    if (language === "en")
        return `up to ${pulseHz} Hz: it looks at a pin every ${pollMs === 1 ? "" : `${pollMs} `}ms`
    const often = pollMs === 1 ? "hvert millisekund" : `hvert ${pollMs}. millisekund`
    return `op til ${pulseHz} Hz: det ser på et ben ${often}`
}

function decimal(value: number, language: Language): string {
    return language === "en" ? String(value) : String(value).replace(".", ",")
}
