/** Words of the boards' pages, in English and Danish. */
import { type Text } from "../../boards/card.js"

export const HEADINGS = {
    drawing: { en: "Pins and wires", da: "Ben og ledninger" },
    facts: { en: "What it is", da: "Hvad det er" },
    leave: { en: "Pins that are not for parts", da: "Ben, der ikke er til følere" },
    notes: { en: "Good to know", da: "Godt at vide" },
    sources: { en: "Where this comes from", da: "Hvor det kommer fra" },
} satisfies Readonly<Record<string, Text>>

export const FACTS = {
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

export const WORDS = {
    goodFor: { en: "Good for", da: "God til" },
    other: { en: "På dansk", da: "In English" },
    made: {
        en: "Made by `npm run docs:boards` from the board's file; the test suite fails when it is out of date.",
        da: "Lavet af `npm run docs:boards` ud fra boardets fil; testene fejler, når siden er forældet.",
    },
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
    pin: { en: "pin", da: "ben" },
    why: { en: "why", da: "hvorfor" },
    untested: {
        en: "None of this was tested on hardware: pins and figures are those of the maker and of the firmware's sources. [An hour with a board](../board-check.md) settles what only a board can show.",
        da: "Intet af dette er prøvet på et rigtigt board: ben og tal er producentens og firmwarens egne. [En time med et board](../board-check.md) (på engelsk) afgør, hvad kun et board kan vise.",
    },
    more: {
        en: "[Which board to take](../../boards/README.md), and what pins can do.",
        da: "[Hvilket board?](../../boards/README.da.md)",
    },
} satisfies Readonly<Record<string, Text>>
