/** Serves `/metrics` over HTTP: `suitcase listen --metrics`. */
import http from "node:http"
import { type AddressInfo } from "node:net"
import { InvalidArgumentError } from "commander"
import { UsageError } from "../../errors.js"
import { CONTENT_TYPE } from "./exposition.js"

const LOOPBACK = "127.0.0.1"

export interface HttpAddress {
    readonly host: string
    readonly port: number
}

/** "9464", "0.0.0.0:9464", "[::1]:9464"; port 0: any that is free */
export function addressOption(text: string): HttpAddress {
    const match = /^(?:(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(text)
    const port = Number(match?.[3] ?? NaN)
    if (match === null || !(port <= 65_535))
        throw new InvalidArgumentError("Write a port such as 9464, or 0.0.0.0:9464, [::]:9464.")
    return { host: match[1] ?? match[2] ?? LOOPBACK, port }
}

const PROBLEMS: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program listens there",
    EACCES: "the system gives this port to administrators only",
    EADDRNOTAVAIL: "this computer has no such address",
    ENOTFOUND: "there is no such host",
}

export class MetricsServer {
    private constructor(
        private readonly server: http.Server,
        /** Where it is: "http://127.0.0.1:9464/metrics". */
        readonly url: string
    ) {}

    /** @param text made for each request @throws UsageError when it cannot listen there */
    static async start(address: HttpAddress, text: () => string): Promise<MetricsServer> {
        const server = http.createServer((request, response) => answer(request, response, text))
        // Nobody who reads figures keeps a listener from ending.
        server.unref()
        const { host, port } = address
        try {
            await new Promise<void>((resolve, reject) => {
                server.once("error", reject)
                server.listen(port, host, resolve)
            })
        } catch (e) {
            const { code = "", message } = e as NodeJS.ErrnoException
            throw new UsageError(`--metrics ${shown(host, port)}: ${PROBLEMS[code] ?? message}`)
        }
        const bound = server.address() as AddressInfo
        return new MetricsServer(server, `http://${shown(bound.address, bound.port)}/metrics`)
    }

    async close(): Promise<void> {
        await new Promise<void>(resolve => {
            this.server.close(() => resolve())
            this.server.closeAllConnections()
        })
    }
}

function answer(
    { method, url }: http.IncomingMessage,
    response: http.ServerResponse,
    text: () => string
): void {
    if (url?.split("?", 1)[0] !== "/metrics") {
        response.writeHead(404, { "Content-Type": "text/plain" }).end("see /metrics\n")
    } else if (method !== "GET" && method !== "HEAD") {
        response.writeHead(405, { Allow: "GET, HEAD" }).end()
    } else {
        const body = text()
        response.writeHead(200, { "Content-Type": CONTENT_TYPE })
        response.end(method === "HEAD" ? undefined : body)
    }
}

function shown(host: string, port: number): string {
    return `${host.includes(":") ? `[${host}]` : host}:${port}`
}
