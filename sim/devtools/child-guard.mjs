/**
 * Loaded into `devs devtools` before its own code, and through it into the
 * simulator that it forks. The stock tool has fixed ports, tells nobody when it
 * is ready, and leaves its simulator running when it is killed; this adds what
 * a parent process needs and changes nothing else:
 *
 * - the process ends when its parent ends, however that happened;
 * - Ctrl-C is left to the parent;
 * - the stock ports are mapped to others, where 0 means any free one;
 * - the parent hears which ports are open, or which one is in use.
 */
import { rmSync, writeSync } from "node:fs"
import net from "node:net"

const PORTS = "SUITCASE_DEVTOOLS_PORTS"
const FOLDER = "SUITCASE_DEVTOOLS_FOLDER"
const EXIT_PORT_IN_USE = 100

/** Stock port → port to use instead. */
const ports = new Map(Object.entries(JSON.parse(process.env[PORTS] ?? "{}")))
const folder = process.env[FOLDER]
// The simulator that this process forks must not remove the folder.
delete process.env[FOLDER]

process.on("SIGINT", () => undefined)
process.on("disconnect", () => process.exit())
if (process.connected !== true) process.exit()
if (folder !== undefined)
    process.on("exit", () => {
        try {
            rmSync(folder, { recursive: true, force: true })
        } catch {
            // Windows does not remove the working folder of a process; the parent does it then.
        }
    })

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...rest) {
    const mapped = ports.get(String(port))
    if (mapped === undefined) return listen.call(this, port, ...rest)
    // Before the stock tool's own handler, which ends the process without a word.
    this.prependOnceListener("error", error => {
        if (error.code !== "EADDRINUSE") return
        writeSync(2, `port ${mapped} is in use by another program\n`)
        process.exit(EXIT_PORT_IN_USE)
    })
    this.once("listening", () => {
        ports.set(String(port), this.address().port)
        process.env[PORTS] = JSON.stringify(Object.fromEntries(ports))
        process.send({ stockPort: port, port: this.address().port })
    })
    return listen.call(this, mapped, ...rest)
}

const createConnection = net.createConnection
net.createConnection = (port, ...rest) => createConnection(ports.get(String(port)) ?? port, ...rest)
