/** What a client did against MQTT 3.1.1 (OASIS Standard, 29 October 2014). */
export interface Violation {
    /** Virtual Unix time, ms. */
    readonly unixMs: number
    /** Client id; the connection's remote while that is not known. */
    readonly client: string
    /** Conformance statement, such as "MQTT-3.3.1-2". */
    readonly clause: string
    readonly what: string
}

/** Bytes that are no MQTT 3.1.1 packet, or one that may not come: the connection is closed [MQTT-4.8.0-1]. */
export class ProtocolError extends Error {
    override name = "ProtocolError"

    constructor(
        readonly clause: string,
        message: string,
        /** CONNACK code to send before the connection is closed. */
        readonly connackCode = 0
    ) {
        super(message)
    }
}
