/**
 * What a kit file may hold, by its structure. What a part, a board or a program makes of it is
 * looked at afterwards (check-*.ts). suitcase.schema.json is made from this file.
 */
import { z } from "zod"
import { isTopicName } from "../../src/core/protocol/names.js"
import { parseDuration } from "../../sim/time/duration.js"
import { unixMsOf } from "../../sim/time/iso-time.js"
import { STORES } from "./other-parts.js"

/** Longest time between two rows, s: the command "interval" of a node takes no longer one. */
const MOST_INTERVAL_SECONDS = 86_400
const MOST_THRESHOLD_SECONDS = 365 * 86_400
const MOST_TEXT = 500

const text = z
    .string()
    .min(1, "is empty: write a text, or leave the key out")
    .max(MOST_TEXT, `takes at most ${MOST_TEXT} characters`)

const name = z
    .string()
    .refine(
        isTopicName,
        "takes 1 to 64 letters (a to z), digits and -_.: only, and begins with a letter, a digit or _; " +
            "for a name with spaces, æ, ø or å there is title"
    )
    .meta({ pattern: "^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}$" })

/** "15m" or 900 → seconds. */
export function secondsOf(value: string | number): number {
    return typeof value === "number" ? value : (parseDuration(value) ?? NaN) / 1000
}

function duration(most: number) {
    const fits = (value: string | number) => {
        const seconds = secondsOf(value)
        return Number.isInteger(seconds) && seconds >= 1 && seconds <= most
    }
    return z
        .union([z.number(), z.string()], {
            error: "takes a time such as 60 (seconds), 90s, 15m, 1h or 7d",
        })
        .refine(fits, `takes a time such as 60 (seconds), 90s, 15m, 1h or 7d; at most ${most} s`)
}

/** A secret stands elsewhere: {@link Secrets}. */
const secret = z
    .string()
    .regex(
        /^\$[A-Z][A-Z0-9_]*$/,
        "is a secret, which does not belong into this file: write $NAME here, in capitals, and NAME=… into the file .env beside it"
    )

const broker = z
    .strictObject({
        host: z
            .string()
            .regex(
                /^[A-Za-z0-9.:-]{1,120}$/,
                "takes a host name or address, without mqtt:// and port"
            )
            .describe(
                "Name of the MQTT broker: mqtt.city.example. A Pico W connects to names only."
            )
            .optional(),
        port: z.int().min(1).max(65_535).describe("Default 1883, with tls 8883.").optional(),
        tls: z.boolean().describe("Connect with TLS; ESP32 only. Default false.").optional(),
        form: z
            .enum(["binary", "json"])
            .describe(
                "Payloads as they are (default), or in JSON for brokers that take nothing else."
            )
            .optional(),
    })
    .describe("Where nodes publish. Accounts are made by suitcase kit accounts.")

const wifi = z
    .strictObject({
        ssid: z
            .string()
            .refine(
                value =>
                    Buffer.byteLength(value) >= 1 &&
                    Buffer.byteLength(value) <= 31 &&
                    !value.includes("\0"),
                "takes 1 to 31 B: an ESP32 never joins a network with a longer name"
            )
            .describe("Name of the Wi-Fi network, 2.4 GHz, WPA2 with a password or open."),
        password: secret.describe("$NAME of the secret; left out for an open network.").optional(),
    })
    .describe("The Wi-Fi network that nodes join.")

export const settingsSchema = z
    .strictObject({
        interval: duration(MOST_INTERVAL_SECONDS)
            .describe("Time between two rows of readings: 60 (seconds), 5m, 1h. Default 60.")
            .optional(),
        report: duration(MOST_INTERVAL_SECONDS)
            .describe("A frame is sent when it covers this time or is full. Default 15m.")
            .optional(),
        broker: broker.optional(),
        wifi: wifi.optional(),
        app: z
            .record(
                z.string().regex(/^[a-z0-9-]{1,32}$/, "takes small letters, digits and -"),
                z.int("takes a whole number")
            )
            .describe("Settings of the application, as its page in docs/apps lists them.")
            .optional(),
        seal: z
            .boolean()
            .describe("Frames are sealed with the node's own key. Default false.")
            .optional(),
        calibration: z
            .boolean()
            .describe(
                "The node can be calibrated (suitcase calibrate), for 4.5 KB of its program, 1 to 2 KB more for parts with procedures, with seal also over the network. Default false."
            )
            .optional(),
    })
    .describe("Inherited: root → site → kit → node; what stands nearer to the node counts.")

export const notificationSchema = z
    .strictObject({
        threshold: duration(MOST_THRESHOLD_SECONDS)
            .describe("A node that says nothing for this time is silent. Default 24h.")
            .optional(),
        email: z
            .string()
            .regex(/^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;]+$/, "takes an e-mail address")
            .optional(),
        phone: z
            .string()
            .regex(
                /^\+?[0-9 ]{6,20}$/,
                'takes a telephone number in quotes, such as "+45 12345678"'
            )
            .optional(),
        silenced_until: z
            .string()
            .refine(
                value => unixMsOf(value) !== undefined,
                "takes a day such as 2027-03-31, or a time in UTC such as 2027-03-31T12:00Z"
            )
            .describe("No alarms until this day (UTC), or 2027-03-31T12:00Z.")
            .optional(),
    })
    .describe(
        "Who is told when a node falls silent, as OS2iot's alert manager reads it. Inherited."
    )

export const placeSchema = z
    .strictObject({
        lat: z.number().min(-90).max(90).describe("Latitude, °, WGS 84: 56.1567."),
        lon: z.number().min(-180).max(180).describe("Longitude, °, WGS 84: 10.2108."),
        height: z.number().min(-500).max(9000).describe("Above ground, m.").optional(),
    })
    .describe("Where it is. Inherited.")

const inherited = {
    title: text.describe("For people; any letters.").optional(),
    place: placeSchema.optional(),
    settings: settingsSchema.optional(),
    notification: notificationSchema.optional(),
}

const pinName = z.string().min(1).max(32)

const rowsSchema = z
    .strictObject({
        samples: z.int().min(2).max(256).describe("Samples that make one row."),
        how: z
            .enum(["mean", "median", "statistics"])
            .describe(
                "One column per channel, or with statistics four: mean, minimum, maximum, deviation."
            ),
    })
    .describe("Several samples make one reading. Default: one sample.")

const i2cSchema = z
    .strictObject({ sda: pinName, scl: pinName })
    .describe("Pins of the I2C bus, on boards that have none of their own.")

const otherPart = z.strictObject({
    part: z.string(),
    address: z.unknown().optional(),
    variant: z.unknown().optional(),
})

export const nodeSchema = z.strictObject({
    name: name.describe(
        "Name in topics, and of the broker account. No two nodes of the file have the same."
    ),
    ...inherited,
    board: z
        .string()
        .describe("Id of the board: suitcase_xiao_c3, adafruit_qt_py_c3, suitcase_pico_w …"),
    device: z
        .string()
        .regex(
            /^[0-9a-f]{16}$/,
            "takes the 16 hex digits of the board, in quotes and small letters"
        )
        .describe("Id of the board that it is; written when it is flashed.")
        .optional(),
    app: z
        .string()
        .describe(
            "A program: its name in devs/, or its path. Sensors beside it take the place of its own."
        )
        .optional(),
    sensors: z.array(z.unknown()).min(1, "needs at least one sensor").max(32).optional(),
    store: z
        .union([z.enum(STORES), otherPart], { error: `takes one of ${STORES.join(", ")}` })
        .describe(
            "Memory in which readings outlive power cuts. Default mb85rc256v; without the part a node works from RAM."
        )
        .optional(),
    clock: z
        .union([z.literal("ds3231"), otherPart], { error: "takes ds3231" })
        .describe("A clock that knows the time without a network.")
        .optional(),
    rows: rowsSchema.optional(),
    i2c: i2cSchema.optional(),
})

const kitSchema = z.strictObject({
    name: name.describe("Name of the suitcase."),
    ...inherited,
    nodes: z.array(nodeSchema).min(1, "needs at least one node"),
})

const siteSchema = z.strictObject({
    name: name.describe("Name in topics: suitcase/<site>/<node>/…"),
    ...inherited,
    kits: z.array(kitSchema).min(1, "needs at least one kit"),
})

const web = z
    .string()
    .regex(/^https?:\/\/[^\s<>"{}|\\^`]+$/, "takes an address that begins with https://")

export const catalogSchema = z
    .strictObject({
        publisher: z
            .strictObject({
                name: text,
                url: web.describe("Identifies the publisher: https://www.aarhus.dk"),
            })
            .describe("Who publishes the data."),
        contact: z
            .strictObject({
                name: text,
                email: z.string().regex(/^[^\s@<>",;]+@[^\s@<>",;]+$/, "takes an e-mail address"),
            })
            .describe("Whom one asks about the data."),
        license: web.describe("Default https://creativecommons.org/licenses/by/4.0/").optional(),
        dataset: web.describe("Addresses of datasets begin with this."),
        access: web.describe("Page or service where the data are found."),
        theme: z
            .array(web)
            .describe("Of the EU's list of data themes. Default environment.")
            .optional(),
    })
    .describe("What the records of suitcase catalog say.")

function isLinkTemplate(value: string): boolean {
    const filled = value.replaceAll(/\{(?:site|kit|node)\}/g, "x")
    return value.length <= 200 && web.safeParse(filled).success
}

export const labelsSchema = z
    .strictObject({
        link: z
            .string()
            .refine(
                isLinkTemplate,
                "takes an address of at most 200 characters that begins with https://, with {site}, {kit} and {node} in it"
            )
            .describe(
                "Address in the QR code: https://city.example/iot/{site}/{node}. Default: the node's dataset, else its topic."
            )
            .optional(),
        note: z
            .string()
            .min(1)
            .max(60, "takes at most 60 characters: a label is small")
            .describe("On every label: whom to call. Default: publisher and contact of catalog.")
            .optional(),
    })
    .describe("What suitcase kit labels prints.")

export const kitFileSchema = z
    .strictObject({
        version: z.literal(1, { error: "is 1: this toolkit knows no other one" }),
        language: z.enum(["da", "en"]).describe("Of labels and catalogues. Default en.").optional(),
        settings: settingsSchema.optional(),
        notification: notificationSchema.optional(),
        catalog: catalogSchema.optional(),
        labels: labelsSchema.optional(),
        sites: z.array(siteSchema).min(1, "needs at least one site"),
    })
    .describe("Sites, kits and nodes of a city's suitcases.")

export type KitFile = z.infer<typeof kitFileSchema>
export type SiteEntry = z.infer<typeof siteSchema>
export type KitEntry = z.infer<typeof kitSchema>
export type NodeEntry = z.infer<typeof nodeSchema>
export type SettingsEntry = z.infer<typeof settingsSchema>
export type NotificationEntry = z.infer<typeof notificationSchema>
export type CatalogEntry = z.infer<typeof catalogSchema>
export type LabelsEntry = z.infer<typeof labelsSchema>
export type Place = z.infer<typeof placeSchema>
export type RowsEntry = z.infer<typeof rowsSchema>
