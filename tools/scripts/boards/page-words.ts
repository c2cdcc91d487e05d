/** Words of the boards' pages, in English and Danish. */
import { type Text } from "../../boards/card.js"

export const HEADINGS = {
    drawing: { en: "Pins and wires", da: "Ben og ledninger" },
    facts: { en: "What it is", da: "Hvad det er" },
    leave: { en: "Pins that are not for parts", da: "Ben, der ikke er til følere" },
    notes: { en: "Good to know", da: "Godt at vide" },
    sources: { en: "Where this comes from", da: "Hvor det kommer fra" },
} satisfies Readonly<Record<string, Text>>

export const WORDS = {
    goodFor: { en: "Good for", da: "God til" },
    other: { en: "På dansk", da: "In English" },
    made: {
        en: "Made by `npm run docs:boards` from the board's file; the test suite fails when it is out of date.",
        da: "Lavet af `npm run docs:boards` ud fra boardets fil; testene fejler, når siden er forældet.",
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
