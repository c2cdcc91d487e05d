/** A real Mosquitto on a free loopback port, with a configuration of its own. */
import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import net from "node:net"
import os from "node:os"
import path from "node:path"
import { PATH } from "./debian-programs.js"

export interface MosquittoOptions {
    /** Further lines of its configuration; `FOLDER` in them is a folder of its own. */
    readonly config?: readonly string[]
    /** Files in that folder, by name. */
    readonly files?: Readonly<Record<string, string>>
    /** Whether it keeps sessions and messages on disk, so that they outlive {@link Mosquitto.restart}. */
    readonly isPersistent?: boolean
    /** Whether anybody is let in; default yes. */
    readonly isOpen?: boolean
}

export class Mosquitto {
    private process: ChildProcess | undefined

    private constructor(
        readonly port: number,
        /** Its configuration, files and what it keeps. */
        readonly folder: string
    ) {}

    get url(): string {
        return `mqtt://127.0.0.1:${this.port}`
    }

    /** Resolves once it accepts connections. */
    static async start(options: MosquittoOptions = {}): Promise<Mosquitto> {
        const { config = [], files = {}, isPersistent = false, isOpen = true } = options
        const port = await freePort()
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-mosquitto-"))
        const lines = [
            `listener ${port} 127.0.0.1`,
            `allow_anonymous ${isOpen}`,
            `persistence ${isPersistent}`,
            // Else the system's own user, which reads no folder of ours.
            `user ${os.userInfo().username}`,
            `persistence_location ${folder}/`,
            "log_dest stderr",
            ...config.map(line => line.replaceAll("FOLDER", folder)),
        ]
        writeFileSync(path.join(folder, "mosquitto.conf"), `${lines.join("\n")}\n`)
        for (const [name, text] of Object.entries(files))
            writeFileSync(path.join(folder, name), text, { mode: 0o600 })
        const broker = new Mosquitto(port, folder)
        await broker.run()
        return broker
    }

    /** Ends it as it ends on SIGTERM, and starts it again on the same port. */
    async restart(): Promise<void> {
        await this.end()
        await this.run()
    }

    async stop(): Promise<void> {
        await this.end()
        rmSync(this.folder, { recursive: true, force: true })
    }

    private async run(): Promise<void> {
        const child = spawn("mosquitto", ["-c", path.join(this.folder, "mosquitto.conf")], {
            env: { ...process.env, PATH },
            stdio: ["ignore", "ignore", "pipe"],
        })
        this.process = child
        let log = ""
        await new Promise<void>((resolve, reject) => {
            child.stderr.on("data", (data: Buffer) => {
                if (log.length > 100_000) return
                log += data.toString()
                if (/mosquitto version .* running/.test(log)) resolve()
            })
            child.once("exit", code =>
                reject(new Error(`mosquitto ended with code ${String(code)}:\n${log}`))
            )
        })
    }

    private async end(): Promise<void> {
        const child = this.process
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
        child.kill()
        await once(child, "exit")
    }
}

export async function freePort(): Promise<number> {
    const server = net.createServer()
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as net.AddressInfo
    server.close()
    await once(server, "close")
    return port
}
