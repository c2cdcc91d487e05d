/** A real Mosquitto on a free loopback port, with a configuration of its own. */
import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import net from "node:net"
import os from "node:os"
import path from "node:path"
import { PATH } from "./debian-programs.js"

export class Mosquitto {
    private constructor(
        readonly port: number,
        private readonly process: ChildProcess,
        private readonly folder: string
    ) {}

    get url(): string {
        return `mqtt://127.0.0.1:${this.port}`
    }

    /** Resolves once it accepts connections. */
    static async start(): Promise<Mosquitto> {
        const port = await freePort()
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-mosquitto-"))
        const config = path.join(folder, "mosquitto.conf")
        writeFileSync(
            config,
            `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\n`
        )
        const child = spawn("mosquitto", ["-c", config], {
            env: { ...process.env, PATH },
            stdio: ["ignore", "ignore", "pipe"],
        })
        let log = ""
        await new Promise<void>((resolve, reject) => {
            child.stderr.on("data", (data: Buffer) => {
                log += data.toString()
                if (/mosquitto version .* running/.test(log)) resolve()
            })
            child.once("exit", code =>
                reject(new Error(`mosquitto ended with code ${String(code)}:\n${log}`))
            )
        })
        return new Mosquitto(port, child, folder)
    }

    async stop(): Promise<void> {
        if (this.process.exitCode === null) {
            this.process.kill()
            await once(this.process, "exit")
        }
        rmSync(this.folder, { recursive: true, force: true })
    }
}

async function freePort(): Promise<number> {
    const server = net.createServer()
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as net.AddressInfo
    server.close()
    await once(server, "close")
    return port
}
