/**
 * Home Assistant's WebSocket API, as far as statistics need it.
 *
 * @see https://developers.home-assistant.io/docs/api/websocket
 * @see https://developers.home-assistant.io/blog/2025/10/16/recorder-statistics-api-changes
 */
import { WebSocket } from "ws"
import { z } from "zod"

/** Until a connection stands or an answer has come, ms. */
const ANSWER_MS = 15_000
/** Metadata name how a mean is made since this version; earlier ones refuse the words. */
const MEAN_TYPES_SINCE = [2025, 11] as const
/** Arithmetic mean. */
export const ARITHMETIC = 1

/** The token is not one of Home Assistant's, or not one of an administrator. */
export class HomeAssistantRefusal extends Error {}

const Message = z.looseObject({
    type: z.string(),
    id: z.number().optional(),
    ha_version: z.string().optional(),
    success: z.boolean().optional(),
    result: z.unknown().optional(),
    error: z.looseObject({ code: z.unknown(), message: z.string() }).optional(),
})
type Message = z.infer<typeof Message>

interface Request {
    readonly take: (message: Message) => void
    readonly fail: (error: Error) => void
}

/** "http://ha.local:8123" → "ws://ha.local:8123/api/websocket" @throws Error when it is no address */
export function socketUrlOf(text: string): string {
    const url = new URL(/^\w+:\/\//.test(text) ? text : `ws://${text}`)
    const protocol = { "http:": "ws:", "https:": "wss:", "ws:": "ws:", "wss:": "wss:" }[
        url.protocol
    ]
    if (protocol === undefined || url.username !== "" || url.search !== "")
        throw new Error("write an address such as http://homeassistant.local:8123")
    if (url.pathname === "/") url.pathname = "/api/websocket"
    return `${protocol}//${url.host}${url.pathname}`
}

export class HomeAssistantApi {
    private nextId = 1
    private readonly requests = new Map<number, Request>()

    private constructor(
        private readonly socket: WebSocket,
        /** Whether metadata name the kind of mean and the class of the unit. */
        readonly namesMeans: boolean
    ) {
        socket.on("message", data => this.take(parse(data)))
        // "close" follows.
        socket.on("error", () => undefined)
        socket.on("close", () => {
            for (const { fail } of this.requests.values()) fail(new Error("the connection is gone"))
        })
    }

    /**
     * @param url of {@link socketUrlOf}
     * @param token a long-lived access token
     * @throws HomeAssistantRefusal for the token, Error when it is not reached
     */
    static async connect(url: string, token: string): Promise<HomeAssistantApi> {
        const socket = new WebSocket(url, { handshakeTimeout: ANSWER_MS })
        try {
            const version = await within(logIn(socket, token))
            const [year = 0, month = 0] = version.split(".").map(Number)
            const [sinceYear, sinceMonth] = MEAN_TYPES_SINCE
            return new HomeAssistantApi(
                socket,
                year > sinceYear || (year === sinceYear && month >= sinceMonth)
            )
        } catch (e) {
            // What it still says has nobody to listen.
            socket.on("error", () => undefined)
            socket.terminate()
            throw e
        }
    }

    /** @returns the result @throws HomeAssistantRefusal, Error */
    async ask(request: { readonly type: string } & Record<string, unknown>): Promise<unknown> {
        const id = this.nextId++
        const answer = new Promise<Message>((take, fail) => this.requests.set(id, { take, fail }))
        try {
            this.socket.send(JSON.stringify({ id, ...request }))
            const { success, result, error } = await within(answer)
            if (success === true) return result
            const words = `${request.type}: ${error?.message ?? "refused"}`
            throw error?.code === "unauthorized"
                ? new HomeAssistantRefusal(`${words}: the token is not an administrator's`)
                : new Error(words)
        } finally {
            this.requests.delete(id)
        }
    }

    close(): void {
        this.socket.close()
    }

    private take(message: Message): void {
        if (message.id !== undefined) this.requests.get(message.id)?.take(message)
    }
}

/** @returns Home Assistant's version */
async function logIn(socket: WebSocket, token: string): Promise<string> {
    return await new Promise((resolve, reject) => {
        socket.once("error", reject)
        socket.once("close", () => reject(new Error("the connection is gone")))
        socket.on("message", data => {
            const { type, ha_version: version = "" } = parse(data)
            if (type === "auth_required")
                socket.send(JSON.stringify({ type: "auth", access_token: token }))
            if (type === "auth_invalid")
                reject(new HomeAssistantRefusal("Home Assistant does not know the token"))
            if (type !== "auth_ok") return
            socket.removeAllListeners("message")
            resolve(version)
        })
    })
}

function parse(data: unknown): Message {
    try {
        return Message.parse(JSON.parse(String(data)))
    } catch {
        return { type: "" }
    }
}

async function within<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(
            () => reject(new Error(`no answer within ${ANSWER_MS / 1000} s`)),
            ANSWER_MS
        )
    })
    try {
        return await Promise.race([answer, late])
    } finally {
        clearTimeout(timer)
    }
}
