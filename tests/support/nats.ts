/** A real NATS server with JetStream and its MQTT listener. */
import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { PATH } from "./debian-programs.js"
import { freePort } from "./mosquitto.js"

export class NatsServer {
    private constructor(
        readonly port: number,
        private readonly natsPort: number,
        private readonly process: ChildProcess,
        private readonly folder: string
    ) {}

    get url(): string {
        return `mqtt://127.0.0.1:${this.port}`
    }

    get pid(): number {
        return this.process.pid as number
    }

    /** Of its own protocol. */
    get natsUrl(): string {
        return `nats://127.0.0.1:${this.natsPort}`
    }

    /** @param config that of docs/brokers.md; ports and folder become free ones */
    static async start(config: string): Promise<NatsServer> {
        const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-nats-"))
        const port = await freePort()
        const natsPort = await freePort()
        const file = path.join(folder, "nats.conf")
        const own = config
            .replace("0.0.0.0:4222", `127.0.0.1:${natsPort}`)
            .replace("port: 1883", `host: "127.0.0.1", port: ${port}`)
            .replace("/var/lib/nats", folder)
        writeFileSync(file, own)
        const child = spawn("nats-server", ["-c", file], {
            env: { ...process.env, PATH },
            stdio: ["ignore", "ignore", "pipe"],
        })
        let log = ""
        await new Promise<void>((resolve, reject) => {
            child.stderr.on("data", (data: Buffer) => {
                log += data.toString()
                if (log.includes("Server is ready")) resolve()
            })
            child.once("exit", () => reject(new Error(`nats-server ended:\n${log}`)))
        })
        return new NatsServer(port, natsPort, child, folder)
    }

    async stop(): Promise<void> {
        if (this.process.exitCode === null && this.process.signalCode === null) {
            this.process.kill()
            await once(this.process, "exit")
        }
        rmSync(this.folder, { recursive: true, force: true })
    }
}
