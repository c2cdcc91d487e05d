/** Serves the flash page to this computer. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { type AddressInfo } from "node:net"
import path from "node:path"
import { UsageError } from "../cli/errors.js"
import { type Site } from "./build-page.js"

const LOOPBACK = "127.0.0.1"

const TYPES: Readonly<Record<string, string>> = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}

/** For all that is sent; the page itself says it as well, for web servers that do not. */
const HEADERS: Readonly<Record<string, string>> = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

export interface PageServer {
    /** "http://localhost:8099/" */
    readonly url: string
    close(): Promise<void>
}

/** @param port 0 takes any @throws UsageError when the port is taken */
export async function servePage(site: Site, port: number): Promise<PageServer> {
    const server = createServer((request, response) => answer(site, request, response))
    await new Promise<void>((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) =>
            reject(
                error.code === "EADDRINUSE"
                    ? new UsageError(
                          `port ${port} is in use: is the page served already? Choose another one with --port`
                      )
                    : error
            )
        )
        server.listen(port, LOOPBACK, resolve)
    })
    const { port: taken } = server.address() as AddressInfo
    return {
        url: `http://localhost:${taken}/`,
        close: async () => {
            server.closeAllConnections()
            await new Promise(resolve => server.close(resolve))
        },
    }
}

function answer(site: Site, request: IncomingMessage, response: ServerResponse): void {
    const send = (code: number, type: string, body: Uint8Array | string) => {
        response.writeHead(code, { ...HEADERS, "Content-Type": type })
        response.end(request.method === "HEAD" ? undefined : body)
    }
    const text = TYPES[".js"].replace("javascript", "plain")
    // A page of another name that leads here (DNS rebinding) gets nothing.
    const host = (request.headers.host ?? "").replace(/:\d+$/, "")
    if (host !== "localhost" && host !== LOOPBACK) {
        send(403, text, "This page is for this computer only.\n")
        return
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
        send(405, text, "Only reading is possible.\n")
        return
    }
    const asked = (request.url ?? "/").replace(/[?#].*$/, "").slice(1)
    const name = asked === "" ? "index.html" : asked
    const body = site.get(name)
    if (body === undefined) send(404, text, "There is no such file.\n")
    else send(200, TYPES[path.posix.extname(name)] ?? "application/octet-stream", body)
}
