/**
 * Records of a kit's datasets after DCAT-AP-DK 2.0.2, the profile for datasets of the Danish public sector:
 * a catalogue, and for each node a dataset with distribution. Mandatory and recommended properties are those of
 * its SHACL shapes (digst/DCAT-AP-DK, releases/v.2.0/validation). What is measured is added in the words
 * of schema.org, which the profile has none for.
 */
import { type Channel } from "../../src/core/channel.js"
import { type Kit, type KitNode } from "./kit.js"
import { intervalSeconds } from "./program.js"
import { type CatalogEntry } from "./schema.js"

export const PREFIXES = {
    dcat: "http://www.w3.org/ns/dcat#",
    "dcat-dk": "https://data.gov.dk/model/core/dcat-dk/",
    dct: "http://purl.org/dc/terms/",
    foaf: "http://xmlns.com/foaf/0.1/",
    locn: "http://www.w3.org/ns/locn#",
    org: "http://www.w3.org/ns/org#",
    schema: "https://schema.org/",
    skos: "http://www.w3.org/2004/02/skos/core#",
    vcard: "http://www.w3.org/2006/vcard/ns#",
    xsd: "http://www.w3.org/2001/XMLSchema#",
} as const

/** A value of a property: text in a language, typed text, a reference, or a thing of its own. */
export type Term =
    | { readonly "@value": string; readonly "@language": string }
    | { readonly "@value": string; readonly "@type": string }
    | { readonly "@id": string }
    | Thing

/** A thing with properties; without "@id" it has no name. */
export interface Thing {
    readonly "@id"?: string
    readonly "@type": string | readonly string[]
    readonly [property: string]: unknown
}

const LICENSE = "https://creativecommons.org/licenses/by/4.0/"
/** Of the EU's list of data themes: environment. */
const THEME = "http://publications.europa.eu/resource/authority/data-theme/ENVI"
const LANGUAGES = {
    da: "http://publications.europa.eu/resource/authority/language/DAN",
    en: "http://publications.europa.eu/resource/authority/language/ENG",
} as const
const PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
const FORMAT = "http://publications.europa.eu/resource/authority/file-type/CSV"
const CONTINUOUS = "http://publications.europa.eu/resource/authority/frequency/UPDATE_CONT"

const WORDS = {
    da: {
        catalog: "Måledata fra IoT-noder",
        dataset: "Måledata fra",
        measures: "Måler",
        every: "hvert",
        place: "i",
    },
    en: {
        catalog: "Readings of IoT nodes",
        dataset: "Readings of",
        measures: "Measures",
        every: "every",
        place: "at",
    },
} as const

/** A node, and what it measures. */
export interface Described {
    readonly node: KitNode
    readonly channels: readonly Channel[]
}

/** @returns the catalogue, with its datasets in it */
export function catalogOf(kit: Kit, about: CatalogEntry, nodes: readonly Described[]): Thing {
    const say = WORDS[kit.language]
    const publisher: Thing = {
        "@id": about.publisher.url,
        "@type": ["foaf:Agent", "org:Organization"],
        "foaf:name": text(about.publisher.name, kit),
    }
    return {
        "@id": about.dataset,
        "@type": "dcat:Catalog",
        "dct:title": text(`${say.catalog}: ${about.publisher.name}`, kit),
        "dct:description": text(
            `${say.catalog}: ${kit.sites.map(({ title }) => title).join(", ")}`,
            kit
        ),
        "dct:publisher": publisher,
        "dct:language": { "@id": LANGUAGES[kit.language] },
        "dct:license": license(about),
        "foaf:homepage": { "@id": about.access, "@type": "foaf:Document" },
        "dcat:dataset": nodes.map(described => datasetOf(described, kit, about)),
    }
}

/** "https://data.city.example/iot/townhall/hall" */
export function datasetAddress(
    { site, name }: Pick<KitNode, "site" | "name">,
    about: CatalogEntry
): string {
    return `${about.dataset.replace(/\/$/, "")}/${encodeURIComponent(site)}/${encodeURIComponent(name)}`
}

function datasetOf({ node, channels }: Described, kit: Kit, about: CatalogEntry): Thing {
    const say = WORDS[kit.language]
    const id = datasetAddress(node, about)
    const site = kit.sites.find(({ name }) => name === node.site)?.title ?? node.site
    const seconds = intervalSeconds(node)
    const measures = channels.map(({ name, unit }) => `${name} (${unit})`).join(", ")
    const pace = seconds === undefined ? "" : `, ${say.every} ${seconds} s`
    return {
        "@id": id,
        "@type": "dcat:Dataset",
        "dct:identifier": literal(id, "anyURI"),
        "dct:title": text(`${say.dataset} ${node.title} (${site})`, kit),
        "dct:description": text(
            `${say.measures}: ${measures}${pace}. suitcase/${node.site}/${node.name}`,
            kit
        ),
        "dct:publisher": { "@id": about.publisher.url },
        "dcat-dk:datasetResponsibleOrganisation": { "@id": about.publisher.url },
        "dcat:contactPoint": {
            "@type": "vcard:Kind",
            "vcard:fn": text(about.contact.name, kit),
            "vcard:hasEmail": { "@id": `mailto:${about.contact.email}` },
        },
        "dcat:theme": (about.theme ?? [THEME]).map(theme => ({ "@id": theme })),
        "dct:language": { "@id": LANGUAGES[kit.language] },
        "dct:accessRights": { "@id": PUBLIC },
        "dct:accrualPeriodicity": { "@id": CONTINUOUS },
        ...(seconds === undefined
            ? {}
            : { "dcat:temporalResolution": literal(`PT${seconds}S`, "duration") }),
        ...(node.place === undefined ? {} : { "dct:spatial": location(node.place) }),
        "schema:variableMeasured": channels.map(variable),
        "dcat:distribution": {
            "@id": `${id}/distribution`,
            "@type": "dcat:Distribution",
            "dct:description": text(`${say.dataset} ${node.title}`, kit),
            "dcat:accessURL": { "@id": about.access },
            "dct:format": { "@id": FORMAT },
            "dct:license": license(about),
        },
    }
}

function license({ license: address = LICENSE }: CatalogEntry): Thing {
    return { "@id": address, "@type": "dct:LicenseDocument" }
}

/** GeoSPARQL's WKT has longitude first. */
function location({ lat, lon }: { lat: number; lon: number }): Thing {
    return {
        "@type": "dct:Location",
        "dcat:centroid": {
            "@value": `POINT(${lon} ${lat})`,
            "@type": "http://www.opengis.net/ont/geosparql#wktLiteral",
        },
    }
}

function variable({ name, quantity, unit, unitCode, min, max, ...channel }: Channel): Thing {
    const inUnit = (integer: number) =>
        literal(String((integer * channel.scaleNumerator) / channel.scaleDenominator), "decimal")
    return {
        "@type": "schema:PropertyValue",
        "schema:name": literal(name, "string"),
        "schema:propertyID": literal(quantity, "string"),
        "schema:unitText": literal(unit, "string"),
        "schema:unitCode": literal(unitCode, "string"),
        "schema:minValue": inUnit(min),
        "schema:maxValue": inUnit(max),
    }
}

function text(value: string, { language }: Kit): Term {
    return { "@value": value, "@language": language }
}

function literal(value: string, type: string): Term {
    return { "@value": value, "@type": `xsd:${type}` }
}

/** @returns the catalogue as JSON-LD */
export function asJsonLd(catalog: Thing): string {
    return `${JSON.stringify({ "@context": PREFIXES, ...catalog }, undefined, 2)}\n`
}

/** @returns the catalogue as Turtle: named things one after the other, all others where they are used */
export function asTurtle(catalog: Thing): string {
    const prefixes = Object.entries(PREFIXES).map(([name, iri]) => `@prefix ${name}: <${iri}> .`)
    const named = new Map<string, Thing>()
    collect(catalog, named)
    const blocks = [...named].map(([id, thing]) => `<${id}>${propertiesOf(thing, 1)} .\n`)
    return `${prefixes.join("\n")}\n\n${blocks.join("\n")}`
}

function isThing(value: unknown): value is Thing {
    return typeof value === "object" && value !== null && "@type" in value && !("@value" in value)
}

/** Named things, the outermost first. */
function collect(value: unknown, named: Map<string, Thing>): void {
    if (Array.isArray(value)) for (const one of value) collect(one, named)
    else if (isThing(value)) {
        const id = value["@id"]
        if (id !== undefined && !named.has(id)) named.set(id, value)
        for (const inner of Object.values(value)) collect(inner, named)
    }
}

function propertiesOf(thing: Thing, depth: number): string {
    const indent = `\n${"    ".repeat(depth)}`
    const lines = Object.entries(thing).flatMap(([property, value]) => {
        if (property === "@id") return []
        const values: readonly unknown[] = Array.isArray(value) ? value : [value]
        if (values.length === 0) return []
        if (property === "@type") return [`a ${values.join(", ")}`]
        return [`${property} ${values.map(one => termText(one as Term, depth)).join(", ")}`]
    })
    return `${indent}${lines.join(` ;${indent}`)}`
}

function termText(term: Term, depth: number): string {
    if ("@value" in term) {
        const value = JSON.stringify(term["@value"])
        if ("@language" in term) return `${value}@${term["@language"] as string}`
        const type = term["@type"] as string
        return `${value}^^${type.includes("://") ? `<${type}>` : type}`
    }
    if (term["@id"] !== undefined) return `<${term["@id"]}>`
    return `[${propertiesOf(term as Thing, depth + 1)}\n${"    ".repeat(depth)}]`
}
