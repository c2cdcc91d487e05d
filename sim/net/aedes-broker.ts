/** An MQTT broker (aedes) inside this process. */
import net from "node:net"
import { Duplex } from "node:stream"
import { Aedes, type Client } from "aedes"
import { type Endpoint } from "./endpoint.js"

export class AedesBroker implements Endpoint {
    readonly immediate = true
    readonly description = "embedded broker"
    private server: net.Server | undefined

    private constructor(private readonly aedes: Aedes) {}

    static async start(): Promise<AedesBroker> {
        // Pings of nodes run on virtual time; the broker's clock is real.
        return new AedesBroker(await Aedes.createBroker({ heartbeatInterval: 60_000 }))
    }

    /** A connection through memory: the same bytes as over TCP. */
    connect(): Duplex {
        const [near, far] = duplexPair()
        this.aedes.handle(far)
        return near
    }

    /**
     * Also accepts connections over TCP.
     * @param port 0 = any free one
     * @returns the port
     */
    async listen(port = 0, host = "127.0.0.1"): Promise<number> {
        const server = net.createServer(socket => this.aedes.handle(socket))
        await new Promise<void>((resolve, reject) => {
            server.once("error", reject)
            server.listen(port, host, resolve)
        })
        this.server = server
        return (server.address() as net.AddressInfo).port
    }

    /** Called for each packet any client publishes. */
    onPublish(listener: (topic: string, payload: Buffer, client: Client | null) => void): void {
        this.aedes.on("publish", (packet, client) =>
            listener(packet.topic, Buffer.from(packet.payload), client)
        )
    }

    async close(): Promise<void> {
        this.server?.close()
        await new Promise<void>(resolve => this.aedes.close(() => resolve()))
    }
}

/** Two streams, each giving what is written to the other. */
export function duplexPair(): [Duplex, Duplex] {
    const sides: [Duplex, Duplex] = [makeSide(() => sides[1]), makeSide(() => sides[0])]
    return sides
}

function makeSide(other: () => Duplex): Duplex {
    return new Duplex({
        read() {
            // Data are pushed by the other side's write.
        },
        write(chunk: Buffer, _encoding, done) {
            if (!other().destroyed) other().push(chunk)
            done()
        },
        final(done) {
            if (!other().destroyed) other().push(null)
            done()
        },
        destroy(error, done) {
            // A closed side ends the other one, as TCP does.
            const peer = other()
            if (!peer.destroyed && !peer.readableEnded) peer.push(null)
            done(error)
        },
    })
}
