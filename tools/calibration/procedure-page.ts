/** What a part did to itself, as a page that prints well. */
import { type CertificateLanguage } from "./certificate.js"
import { day, digits, escaped, pageOf } from "./page.js"
import { type ProcedureRecord } from "./procedure-record.js"

const WORDS = {
    en: {
        title: "Certificate of a procedure",
        simulated:
            "Of a simulated part: this certificate is worth nothing outside of the simulator.",
        procedure: "Procedure",
        run: "Run",
        date: "Date",
        node: "Node",
        part: "Part",
        serial: "tells no serial number",
        technician: "Technician",
        before: "Setting before",
        value: "Asked for",
        result: "The part says",
        lasts: "Lasts",
        kept: "without power, until it is done again",
        "until power loss": "until the part loses its power: it was not stored",
        "until restart": "until the node starts again",
        corrections: "Calibrations that were in force",
        none: "none",
        "rolled back": "taken back before it",
        keptCorrection: "kept, fitted to the part as it was before",
        reference: "Reference",
        valid: "valid until",
        asFound: "Reading as found",
        asLeft: "Reading as left",
        raw: "as the part gives it, without corrections of the node",
        on: "on",
        off: "off",
    },
    da: {
        title: "Certifikat for en procedure",
        simulated: "For en simuleret sensor: certifikatet er intet værd uden for simulatoren.",
        procedure: "Procedure",
        run: "Kørsel",
        date: "Dato",
        node: "Node",
        part: "Sensor",
        serial: "oplyser intet serienummer",
        technician: "Tekniker",
        before: "Indstilling før",
        value: "Ønsket",
        result: "Sensoren siger",
        lasts: "Gælder",
        kept: "også uden strøm, til det gøres igen",
        "until power loss": "til sensoren mister strømmen: det blev ikke gemt",
        "until restart": "til noden starter igen",
        corrections: "Kalibreringer, der var i brug",
        none: "ingen",
        "rolled back": "taget tilbage inden",
        keptCorrection: "beholdt, tilpasset sensoren som den var før",
        reference: "Reference",
        valid: "gyldig til",
        asFound: "Måling før",
        asLeft: "Måling efter",
        raw: "som sensoren giver den, uden nodens rettelser",
        on: "til",
        off: "fra",
    },
} as const

/** One page, without anything from elsewhere. */
export function procedurePage(record: ProcedureRecord, language: CertificateLanguage): string {
    const words = WORDS[language]
    const { node, reference, procedure, before, value } = record
    const text = (number: number, unit: string) => {
        if (procedure === "self-calibration") return number === 0 ? words.off : words.on
        return escaped(`${digits(number)}${unit === "" ? "" : ` ${unit}`}`)
    }
    const corrections = record.corrections.map(
        ({ channel, id, action }) =>
            `${escaped(channel)} ${id}: ${action === "kept" ? words.keptCorrection : words[action]}`
    )
    const facts: (readonly [string, string])[] = [
        [words.procedure, escaped(procedure)],
        [words.run, String(record.run)],
        [words.date, day(record.date)],
        [words.node, `${escaped(`${node.site}/${node.node}`)} (${escaped(node.device)})`],
        [
            words.part,
            `${escaped(record.part)}, ${record.identity === "" ? words.serial : escaped(record.identity)}`,
        ],
        [words.technician, escaped(record.technician)],
        ...(before === null ? [] : [[words.before, text(before, record.unit)] as const]),
        ...(value === null ? [] : [[words.value, text(value, record.unit)] as const]),
        [words.result, `<strong>${text(record.result, record.resultUnit)}</strong>`],
        [words.lasts, words[record.lasts]],
        [words.corrections, corrections.length === 0 ? words.none : corrections.join("<br>")],
    ]
    if (reference !== null) {
        const { name, certificate, validUntil, uncertainty, asFound, asLeft } = reference
        const until = validUntil === null ? "" : `, ${words.valid} ${day(validUntil)}`
        const reading = (number: number) =>
            `${text(number, record.unit)} (${escaped(reference.channel)}, ${words.raw})`
        facts.push(
            [
                words.reference,
                `${escaped(name)}, ${escaped(certificate)}, ± ${text(uncertainty, record.unit)} (k = 2)${until}`,
            ],
            [words.asFound, reading(asFound)],
            [words.asLeft, reading(asLeft)]
        )
    }
    return pageOf({
        language,
        title: words.title,
        number: record.run,
        warning: record.simulated ? words.simulated : undefined,
        facts,
        rest: "",
    })
}
