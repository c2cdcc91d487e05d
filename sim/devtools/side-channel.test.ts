import { once } from "node:events"
import { createServer } from "node:http"
import { type AddressInfo } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import { WebSocketServer, type WebSocket } from "ws"
import { SideChannel } from "./side-channel.js"

interface Request {
    readonly req: string
    readonly seq: number
    readonly data: unknown
}

const cleanUp: (() => void)[] = []

/** A server of the side protocol that answers each request as told. */
async function server(
    answer: (request: Request, client: WebSocket) => void
): Promise<{ port: number; requests: Request[] }> {
    const http = new WebSocketServer({ port: 0, host: "127.0.0.1" })
    await once(http, "listening")
    const requests: Request[] = []
    http.on("connection", client =>
        client.on("message", data => {
            const request = JSON.parse((data as Buffer).toString()) as Request
            requests.push(request)
            if (request.req === "bcast") client.send(JSON.stringify({ resp: "bcast", seq: 1 }))
            else answer(request, client)
        })
    )
    cleanUp.push(() => {
        for (const client of http.clients) client.terminate()
        http.close()
    })
    return { port: (http.address() as AddressInfo).port, requests }
}

async function channel(port: number, signal?: AbortSignal): Promise<SideChannel> {
    const side = await SideChannel.connect(port, signal)
    cleanUp.push(() => void side.close())
    return side
}

afterEach(() => {
    for (const clean of cleanUp.splice(0).reverse()) clean()
})

describe("the side protocol", () => {
    it("gives each request its own answer, whatever the order", async () => {
        const held: string[] = []
        const { port } = await server(({ seq, data }, client) => {
            held.unshift(JSON.stringify({ resp: "echo", seq, data }))
            if (held.length === 2) for (const text of held) client.send(text)
        })
        const side = await channel(port)
        const answers = await Promise.all([
            side.request("echo", { n: 1 }),
            side.request("echo", { n: 2 }),
        ])
        expect(answers).toEqual([{ n: 1 }, { n: 2 }])
    })

    it("passes on the server's error message", async () => {
        const { port } = await server(({ seq }, client) =>
            client.send(JSON.stringify({ resp: "error", seq, data: { message: "no such thing" } }))
        )
        const side = await channel(port)
        await expect(side.request("nonsense", {})).rejects.toThrow("devtools: no such thing")
    })

    it("ignores what is not a message of devtools", async () => {
        const { port } = await server(({ seq }, client) => {
            for (const noise of ["{", "null", "[]", '{"seq":2}', '{"ev":"output","data":7}'])
                client.send(noise)
            client.send(JSON.stringify({ resp: "error", seq, data: null }))
        })
        const side = await channel(port)
        await expect(side.request("any", {})).rejects.toThrow("devtools: unnamed error")
    })

    it("fails what is in progress when the connection ends", async () => {
        const { port } = await server((_request, client) => client.close())
        const side = await channel(port)
        await expect(side.request("any", {})).rejects.toThrow("devtools ended the connection")
        await side.closed
    })

    it("gives output lines and frames to those who listen", async () => {
        const { port } = await server(({ seq }, client) => {
            client.send(
                JSON.stringify({ ev: "output", data: { from: "vm", lines: ["one", "two"] } })
            )
            client.send(Uint8Array.of(1, 2, 3))
            client.send(JSON.stringify({ resp: "any", seq, data: {} }))
        })
        const side = await channel(port)
        const seen: unknown[] = []
        side.onOutput = (from, lines) => seen.push([from, ...lines])
        const unsubscribe = side.onFrame(frame => seen.push([...frame]))
        await side.request("any", {})
        unsubscribe()
        await side.request("any", {})
        expect(seen).toEqual([
            ["vm", "one", "two"],
            [1, 2, 3],
            ["vm", "one", "two"],
        ])
    })

    it("names the port when another program has it, and lets a refused connection show", async () => {
        const http = createServer((_request, response) => response.end("hello"))
        http.listen(0, "127.0.0.1")
        await once(http, "listening")
        const { port } = http.address() as AddressInfo
        await expect(SideChannel.connect(port)).rejects.toThrow(
            `port ${port} is taken by another program than devtools`
        )
        http.close()
        await once(http, "close")
        await expect(SideChannel.connect(port)).rejects.toMatchObject({ code: "ECONNREFUSED" })
    })

    it("gives up with the signal's reason", async () => {
        const { port } = await server(() => undefined)
        const stop = new AbortController()
        const side = await channel(port)
        const answer = side.request("never", {}, stop.signal)
        stop.abort(new Error("stopped by hand"))
        await expect(answer).rejects.toThrow("stopped by hand")
    })
})
