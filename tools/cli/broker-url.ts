/** The address of an MQTT broker as given on the command line. */
import { UsageError } from "./errors.js"

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
    "mqtt:": 1883,
    "mqtts:": 8883,
    "ws:": 80,
    "wss:": 443,
}

export interface BrokerUrl {
    /** As given, for the MQTT client. */
    readonly href: string
    readonly protocol: string
    readonly host: string
    readonly port: number
    readonly hasCredentials: boolean
    /** Without credentials, for messages. */
    readonly shown: string
}

/** @throws UsageError when the text is no broker address */
export function parseBrokerUrl(text: string): BrokerUrl {
    let url: URL | undefined
    try {
        url = new URL(text)
    } catch {
        // Reported below with the right form.
    }
    const written = /:(\d+)\/?$/.exec(text)?.[1]
    if (url === undefined && written !== undefined && Number(written) > 65535)
        throw new UsageError(`"${withoutPassword(text)}": a port is a number from 0 to 65535`)
    const defaultPort = url === undefined ? undefined : DEFAULT_PORTS[url.protocol]
    if (url === undefined || defaultPort === undefined || url.hostname === "")
        throw new UsageError(
            `"${withoutPassword(text)}" is not a broker address; write mqtt://host:1883, ` +
                "mqtts://user:password@host:8883, ws:// or wss://"
        )
    const port = url.port === "" ? defaultPort : Number(url.port)
    return {
        href: text,
        protocol: url.protocol,
        host: url.hostname.replace(/^\[|\]$/g, ""),
        port,
        hasCredentials: url.username !== "",
        shown: `${url.protocol}//${url.hostname}:${port}`,
    }
}

function withoutPassword(text: string): string {
    return text.replace(/\/\/[^@]*@/, "//…@")
}
