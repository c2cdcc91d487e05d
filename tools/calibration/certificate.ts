/** The certificate of a calibration: JSON, and a page that prints well. */
import { z } from "zod"
import { correctionOf } from "./fit.js"
import { day, digits, escaped, pageOf } from "./page.js"
import { readRecord } from "./record.js"

const point = z.strictObject({
    reference: z.number().meta({ description: "what the reference showed" }),
    referenceUncertainty: z
        .number()
        .meta({ description: "expanded, k = 2, of the reference at this point" }),
    raw: z.number().meta({ description: "mean of the raw readings" }),
    deviation: z.number().meta({ description: "standard deviation of a raw reading" }),
    count: z.int(),
    stable: z.boolean().meta({ description: "false: taken although it did not stand still" }),
    asFound: z.number().meta({ description: "mean reading before, with the calibration before" }),
    asFoundError: z.number(),
    asLeft: z.number().meta({ description: "mean reading after" }),
    asLeftError: z.number(),
    asLeftMeasured: z
        .boolean()
        .meta({ description: "true: by fresh readings; false: calculated from the raw ones" }),
    residual: z.number().meta({ description: "reference minus fitted curve" }),
})
export type CertificatePoint = z.infer<typeof point>

/** Values are in the channel's unit, times ISO 8601 in UTC. */
export const CERTIFICATE = z.strictObject({
    version: z.literal(1),
    id: z.int().meta({ description: "of the calibration, as readings name it" }),
    previous: z.int().meta({ description: "id of the calibration before; 0: none" }),
    date: z.iso.datetime(),
    validUntil: z.iso.datetime(),
    technician: z.string(),
    temperature: z.number().nullable().meta({ description: "ambient, °C; null: not noted" }),
    simulated: z.boolean().meta({ description: "true: of a simulated sensor, worth nothing" }),
    node: z.strictObject({
        device: z.string(),
        site: z.string(),
        node: z.string(),
        app: z.string(),
        version: z.string(),
    }),
    channel: z.strictObject({
        name: z.string(),
        quantity: z.string(),
        unit: z.string().meta({ description: "SenML" }),
        scale: z
            .tuple([z.number(), z.number()])
            .meta({ description: "value = integer × first ÷ second" }),
        part: z.string(),
        identity: z
            .string()
            .meta({ description: "serial number as the part tells it; empty: none" }),
    }),
    reference: z.strictObject({
        name: z.string(),
        certificate: z.string(),
        validUntil: z.iso.datetime().nullable(),
        uncertainty: z
            .number()
            .meta({ description: "expanded, k = 2; the largest of those at the points" }),
        resolution: z.number(),
    }),
    method: z.string(),
    points: z.array(point),
    uncertainty: z.strictObject({
        expanded: z.number().meta({ description: "of a corrected reading between the points" }),
        k: z.literal(2),
        reference: z
            .number()
            .meta({ description: "this and the next three: standard uncertainties" }),
        repeatability: z.number(),
        resolution: z.number(),
        fit: z.number(),
    }),
    advice: z.string().nullable().meta({ description: "why more points are warranted" }),
    record: z.string().meta({ description: "hex, docs/calibration-record.md" }),
})
export type Certificate = z.infer<typeof CERTIFICATE>

const WORDS = {
    en: {
        title: "Calibration certificate",
        simulated:
            "Of a simulated sensor: this certificate is worth nothing outside of the simulator.",
        id: "Calibration",
        node: "Node",
        channel: "Channel",
        part: "Sensor",
        serial: "tells no serial number",
        reference: "Reference",
        valid: "valid until",
        technician: "Technician",
        date: "Date",
        ambient: "Ambient temperature",
        method: "Method",
        uncertainty: "Expanded uncertainty of a corrected reading (k = 2)",
        parts: "Standard uncertainties: reference, repeatability, resolution, fit",
        columns: [
            "Reference",
            "Raw",
            "s",
            "n",
            "As found",
            "Error",
            "As left",
            "Error",
            "Residual",
        ],
        calculated: "* calculated from the raw readings; the others are fresh readings",
        unstable: "† taken although the readings did not stand still",
        plot: "Raw readings and correction; below, what is left at each point, with the uncertainty",
        previous: "Calibration before",
        none: "none",
    },
    da: {
        title: "Kalibreringscertifikat",
        simulated: "For en simuleret sensor: certifikatet er intet værd uden for simulatoren.",
        id: "Kalibrering",
        node: "Node",
        channel: "Kanal",
        part: "Sensor",
        serial: "oplyser intet serienummer",
        reference: "Reference",
        valid: "gyldig til",
        technician: "Tekniker",
        date: "Dato",
        ambient: "Omgivelsestemperatur",
        method: "Metode",
        uncertainty: "Ekspanderet usikkerhed på en rettet måling (k = 2)",
        parts: "Standardusikkerheder: reference, repeterbarhed, opløsning, tilpasning",
        columns: ["Reference", "Rå", "s", "n", "Før", "Fejl", "Efter", "Fejl", "Restfejl"],
        calculated: "* beregnet ud fra de rå målinger; de andre er målt igen",
        unstable: "† taget, selv om målingerne ikke stod stille",
        plot: "Rå målinger og rettelse; nedenunder restfejlen i hvert punkt med usikkerheden",
        previous: "Kalibreringen før",
        none: "ingen",
    },
} as const
export type CertificateLanguage = keyof typeof WORDS

/** One page, without anything from elsewhere. */
export function certificatePage(certificate: Certificate, language: CertificateLanguage): string {
    const words = WORDS[language]
    const { node, channel, reference, uncertainty } = certificate
    const unit = escaped(channel.unit)
    const facts: [string, string][] = [
        [words.id, String(certificate.id)],
        [words.date, day(certificate.date)],
        [words.valid, day(certificate.validUntil)],
        [words.node, `${escaped(`${node.site}/${node.node}`)} (${escaped(node.device)})`],
        [words.channel, `${escaped(channel.name)}, ${unit}`],
        [
            words.part,
            `${escaped(channel.part)}, ${channel.identity === "" ? words.serial : escaped(channel.identity)}`,
        ],
        [
            words.reference,
            `${escaped(reference.name)}, ${escaped(reference.certificate)}, ± ${reference.uncertainty} ${unit} (k = 2)` +
                (reference.validUntil === null
                    ? ""
                    : `, ${words.valid} ${day(reference.validUntil)}`),
        ],
        [words.technician, escaped(certificate.technician)],
        [words.ambient, certificate.temperature === null ? "–" : `${certificate.temperature} °C`],
        [words.method, escaped(certificate.method)],
        [words.previous, certificate.previous === 0 ? words.none : String(certificate.previous)],
        [words.uncertainty, `<strong>± ${digits(uncertainty.expanded)} ${unit}</strong>`],
        [
            words.parts,
            [
                uncertainty.reference,
                uncertainty.repeatability,
                uncertainty.resolution,
                uncertainty.fit,
            ]
                .map(digits)
                .join(", ") + ` ${unit}`,
        ],
    ]
    const rows = certificate.points.map(p =>
        [
            `${p.reference}${p.stable ? "" : " †"}`,
            digits(p.raw),
            digits(p.deviation),
            p.count,
            digits(p.asFound),
            digits(p.asFoundError),
            `${digits(p.asLeft)}${p.asLeftMeasured ? "" : " *"}`,
            digits(p.asLeftError),
            digits(p.residual),
        ]
            .map(cell => `<td>${cell}</td>`)
            .join("")
    )
    const table = `<table class="points"><tr>${words.columns.map(name => `<th scope="col">${name}</th>`).join("")}</tr>
${rows.map(row => `<tr>${row}</tr>`).join("\n")}</table>
${certificate.points.some(p => !p.asLeftMeasured) ? `<p>${words.calculated}</p>` : ""}
${certificate.points.some(p => !p.stable) ? `<p>${words.unstable}</p>` : ""}
<figure>${plot(certificate)}<figcaption>${words.plot}</figcaption></figure>
${certificate.advice === null ? "" : `<p>${escaped(certificate.advice)}.</p>`}`
    return pageOf({
        language,
        title: words.title,
        number: certificate.id,
        warning: certificate.simulated ? words.simulated : undefined,
        facts,
        rest: table,
    })
}

const WIDTH = 640
const HEIGHT = 260
const LEFT_HEIGHT = 110
const EDGE = 50

/** Points and curve, and under them the residuals within the uncertainty. */
function plot({ points, record, uncertainty, channel }: Certificate): string {
    const { correction: terms } = readRecord(Buffer.from(record, "hex"))
    const correction = correctionOf(terms)
    const raws = points.map(({ raw }) => raw)
    const span = Math.max(...raws) - Math.min(...raws) || Math.abs(raws[0]) || 1
    const [x0, x1] = [Math.min(...raws) - 0.1 * span, Math.max(...raws) + 0.1 * span]
    const [numerator, denominator] = channel.scale
    const perUnit = denominator / numerator
    const curve = Array.from({ length: 41 }, (_, i) => {
        const raw = x0 + ((x1 - x0) * i) / 40
        return [raw, correction.apply(Math.round(raw * perUnit)) / perUnit] as const
    })
    const ys = [...curve.map(([, y]) => y), ...points.map(({ reference }) => reference)]
    const [y0, y1] = [Math.min(...ys), Math.max(...ys)]
    const x = (value: number) => EDGE + ((value - x0) / (x1 - x0)) * (WIDTH - 2 * EDGE)
    const y = (value: number) => HEIGHT - 30 - ((value - y0) / (y1 - y0 || 1)) * (HEIGHT - 50)
    const most = 1.3 * Math.max(uncertainty.expanded, ...points.map(p => Math.abs(p.asLeftError)))
    const middle = HEIGHT + LEFT_HEIGHT / 2
    const r = (value: number) => middle - (value / (most || 1)) * (LEFT_HEIGHT / 2 - 8)
    const marks = points
        .map(
            p =>
                `<circle cx="${f(x(p.raw))}" cy="${f(y(p.reference))}" r="4" fill="#06c"/>` +
                `<circle cx="${f(x(p.raw))}" cy="${f(r(-p.asLeftError))}" r="4" fill="#06c"/>` +
                `<text x="${f(x(p.raw))}" y="${HEIGHT - 8}" text-anchor="middle">${digits(p.raw)}</text>`
        )
        .join("")
    const band = [r(uncertainty.expanded), r(-uncertainty.expanded)]
    return (
        `<svg viewBox="0 0 ${WIDTH} ${HEIGHT + LEFT_HEIGHT}" font-size="11" role="img">` +
        `<polyline fill="none" stroke="#333" stroke-width="1.5" points="${curve.map(([a, b]) => `${f(x(a))},${f(y(b))}`).join(" ")}"/>` +
        `<rect x="${EDGE}" width="${WIDTH - 2 * EDGE}" y="${f(band[0])}" height="${f(band[1] - band[0])}" fill="#06c" opacity="0.12"/>` +
        `<line x1="${EDGE}" x2="${WIDTH - EDGE}" y1="${middle}" y2="${middle}" stroke="#333"/>` +
        `<text x="4" y="${f(y(y1) + 4)}">${digits(y1)}</text><text x="4" y="${f(y(y0))}">${digits(y0)}</text>` +
        `<text x="4" y="${f(band[0] + 4)}">+${digits(uncertainty.expanded)}</text><text x="4" y="${f(band[1] + 4)}">−${digits(uncertainty.expanded)}</text>` +
        `${marks}</svg>`
    )
}

function f(value: number): string {
    return value.toFixed(1)
}
