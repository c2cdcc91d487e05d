/**
 * One process at a time uses a state folder. The one that does listens on a socket that the system closes
 * with it, however it ends; others connect there to see that it lives, and to be told when it does not.
 */
import { createHash } from "node:crypto"
import { rename, rm, stat } from "node:fs/promises"
import net from "node:net"
import os from "node:os"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** Longest path of a socket on any system, B (macOS has 104 with its zero). */
const MAX_SOCKET_PATH = 100
/** Attempts to replace the socket of a process that is gone. */
const ATTEMPTS = 5
/** How often to look whether somebody else took the folder, ms. */
const LOOK_MS = 1000

export class Occupancy {
    private timer: NodeJS.Timeout | undefined

    private constructor(
        private readonly server: net.Server,
        private readonly address: string
    ) {}

    /** @returns undefined while another process uses the folder */
    static async take(folder: string): Promise<Occupancy | undefined> {
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
            const address = addressOf(folder)
            const server = await listen(address)
            if (server !== undefined) {
                const occupancy = new Occupancy(server, address)
                return (await isOwnSocket(server, address)) ? occupancy : undefined
            }
            const holder = await connect(address)
            if (holder !== undefined) {
                holder.destroy()
                return undefined
            }
            await removeStale(address)
        }
        return undefined
    }

    /** Resolves when the process that uses the folder has ended, or the signal is aborted. */
    static async untilFree(folder: string, signal: AbortSignal): Promise<void> {
        const holder = await connect(addressOf(folder))
        if (holder === undefined) return
        await new Promise<void>(resolve => {
            holder.on("close", () => resolve())
            holder.on("error", () => undefined)
            holder.resume()
            signal.addEventListener("abort", () => holder.destroy(), { once: true })
            if (signal.aborted) holder.destroy()
        })
        // Of several that wait, one is to be first.
        await sleep(Math.random() * 20)
    }

    /** Calls back should another process take the folder all the same: somebody deleted the socket. */
    onLost(listener: () => void): void {
        this.timer = setInterval(() => {
            void isOwnSocket(this.server, this.address).then(isOwn => {
                if (isOwn) return
                clearInterval(this.timer)
                listener()
            })
        }, LOOK_MS)
        this.timer.unref()
    }

    async release(): Promise<void> {
        clearInterval(this.timer)
        await new Promise<void>(resolve => {
            this.server.close(() => resolve())
            for (const socket of connections.get(this.server) ?? []) socket.destroy()
        })
    }
}

const connections = new WeakMap<net.Server, Set<net.Socket>>()
const inodes = new WeakMap<net.Server, number>()

function addressOf(folder: string): string {
    const whole = path.resolve(folder)
    const hash = createHash("sha256").update(whole).digest("hex").slice(0, 16)
    if (process.platform === "win32") return `\\\\.\\pipe\\suitcase-${hash}`
    const inFolder = path.join(whole, "in-use")
    if (Buffer.byteLength(inFolder) <= MAX_SOCKET_PATH) return inFolder
    return path.join(os.tmpdir(), `suitcase-${hash}`)
}

/** @returns undefined when there is a socket already */
async function listen(address: string): Promise<net.Server | undefined> {
    const open = new Set<net.Socket>()
    const server = net.createServer(socket => {
        open.add(socket)
        socket.on("error", () => undefined)
        socket.on("close", () => open.delete(socket))
        socket.unref()
    })
    connections.set(server, open)
    try {
        await new Promise<void>((resolve, reject) => {
            server.once("error", reject)
            server.listen(address, resolve)
        })
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined
        throw e
    }
    server.unref()
    inodes.set(server, await inodeOf(address))
    return server
}

/** @returns undefined when nobody listens there */
function connect(address: string): Promise<net.Socket | undefined> {
    return new Promise(resolve => {
        const socket = net.connect(address)
        socket.once("connect", () => resolve(socket))
        socket.once("error", () => resolve(undefined))
    })
}

async function removeStale(address: string): Promise<void> {
    const stale = `${address}-${process.pid}`
    // Renamed first: of two that do this, the second finds nothing, or what it finds has a listener.
    await rename(address, stale).catch(() => undefined)
    await rm(stale, { force: true }).catch(() => undefined)
}

async function isOwnSocket(server: net.Server, address: string): Promise<boolean> {
    if (process.platform === "win32") return true
    return (await inodeOf(address)) === inodes.get(server)
}

async function inodeOf(address: string): Promise<number> {
    return await stat(address).then(
        ({ ino }) => ino,
        () => -1
    )
}
