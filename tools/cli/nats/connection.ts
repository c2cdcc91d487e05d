/** A connection to a NATS server, which comes back by itself when it breaks. */
import { connect, type NatsConnection } from "@nats-io/transport-node"
import { UsageError } from "../errors.js"
import { type Broker } from "../mqtt/broker.js"
import { problemInWords } from "../mqtt/problems.js"

/** Longest wait for the first connection, and pause before another attempt, ms. */
const CONNECT_TIMEOUT_MS = 10_000
const RECONNECT_MS = 1000
/** No sign of life of the server for two of these, and the connection is made again, ms. */
const PING_MS = 10_000

/** @throws UsageError when the server cannot be reached or refuses */
export async function connectNats(
    broker: Broker,
    onLink: (isUp: boolean) => void
): Promise<NatsConnection> {
    const { host, port, user, password, ca, shown } = broker
    let connection: NatsConnection
    try {
        connection = await connect({
            servers: `${host.includes(":") ? `[${host}]` : host}:${port}`,
            timeout: CONNECT_TIMEOUT_MS,
            reconnectTimeWait: RECONNECT_MS,
            maxReconnectAttempts: -1,
            pingInterval: PING_MS,
            ...(user === undefined ? {} : { user }),
            ...(password === undefined ? {} : { pass: password }),
            ...(ca === undefined ? (isTls(broker) ? { tls: {} } : {}) : { tls: { ca } }),
        })
    } catch (e) {
        throw new UsageError(
            `cannot connect to the NATS server ${shown}: ${problemInWords(e as Error)}; check that ` +
                "it runs, and host, port and credentials"
        )
    }
    void tellLink(connection, onLink)
    return connection
}

function isTls({ protocol }: Broker): boolean {
    return protocol === "tls:"
}

async function tellLink(
    connection: NatsConnection,
    onLink: (isUp: boolean) => void
): Promise<void> {
    for await (const { type } of connection.status())
        if (type === "disconnect") onLink(false)
        else if (type === "reconnect") onLink(true)
}
