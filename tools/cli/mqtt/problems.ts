/** What is wrong with a connection to a broker, in words, with what to do about it. */
import { type Broker } from "./broker.js"

/** Codes of CONNACK [MQTT-3.2.2], and those of subscriptions. */
const REFUSED: Readonly<Record<number, string>> = {
    2: "it refuses the client id",
    3: "it is not available now",
    4: "it refuses user name and password",
    5: "it does not let this user in (or it wants a user name and password: --login)",
}

const UNKNOWN_AUTHORITY =
    "its certificate is of an authority that this computer does not know; name that " +
    "authority's certificate with --ca FILE"

const NO_TLS = "its port does not speak TLS; write mqtt:// or ws://"

const BY_CODE: Readonly<Record<string, string>> = {
    ECONNREFUSED: "connection refused",
    ENOTFOUND: "there is no host of that name",
    EAI_AGAIN: "there is no host of that name",
    ETIMEDOUT: "the host does not answer",
    EHOSTUNREACH: "the host does not answer",
    ENETUNREACH: "the host does not answer",
    DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
    SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
    UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
    CERT_HAS_EXPIRED: "its certificate has expired",
    CERT_NOT_YET_VALID: "its certificate is not valid yet: check this computer's clock",
    ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
    ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
    ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
    // What Node 20 calls the two.
    EPROTO: NO_TLS,
}

/** Ports of TLS, to which plain MQTT is no way in. */
const TLS_PORTS = [8883, 8886, 443, 8884]

export function problemInWords(error: Error): string {
    // Node wraps the attempts for several addresses of one name.
    const first = error instanceof AggregateError ? (error.errors[0] as Error) : error
    const { code } = first as { readonly code?: string | number }
    if (typeof code === "number") return REFUSED[code] ?? first.message
    return BY_CODE[code ?? ""] ?? first.message.replace(/\s+/g, " ").trim()
}

/** The broker hung up before it said anything. */
export function closedInWords({ protocol, port }: Broker): string {
    const isPlain = protocol === "mqtt:" || protocol === "ws:"
    if (isPlain && TLS_PORTS.includes(port))
        return "it closed the connection: that is a port for TLS; write mqtts:// (or wss://)"
    return isPlain
        ? "it closed the connection (if it wants TLS, write mqtts:// or wss://)"
        : "it closed the connection"
}
