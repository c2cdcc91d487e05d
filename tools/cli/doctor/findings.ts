/** What this computer needs to work with boards, each as a finding in words. */
import {
    accessSync,
    constants,
    existsSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    statSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import { SerialPort } from "serialport"
import { type Finding } from "../finding.js"
import { boardPorts, bootDrives, type FoundPort } from "../usb/find-boards.js"

const MIN_NODE_MAJOR = 20
/** Rule by which Linux lets every user of the computer write boards. */
export const UDEV_FILE = "/etc/udev/rules.d/60-suitcase.rules"
export const UDEV_RULES = [
    'SUBSYSTEM=="usb", ATTR{idVendor}=="2e8a", MODE="0666"',
    'KERNEL=="ttyACM*|ttyUSB*", ATTRS{idVendor}=="303a|10c4|1a86|0403|2e8a", MODE="0666"',
]

/** @returns findings in the order in which they are to be put right */
export async function findings(): Promise<Finding[]> {
    return [nodeVersion(), homeFolder(), await serialLibrary(), ...(await boards())]
}

function nodeVersion(): Finding {
    const major = Number(process.versions.node.split(".")[0])
    return major >= MIN_NODE_MAJOR
        ? { state: "ok", words: `Node.js ${process.versions.node}` }
        : {
              state: "missing",
              words: `Node.js ${MIN_NODE_MAJOR} or newer; this is ${process.versions.node}: install it from nodejs.org`,
          }
}

/** Journals, copies and the state of listeners are kept there. */
function homeFolder(): Finding {
    const home = os.homedir()
    try {
        rmSync(mkdtempSync(path.join(home, ".suitcase-doctor-")), { recursive: true })
        return { state: "ok", words: `${home} can be written: journals and copies of boards` }
    } catch {
        return {
            state: "missing",
            words: `${home} cannot be written: give --journal and --copies a folder that can`,
        }
    }
}

async function serialLibrary(): Promise<Finding> {
    try {
        await SerialPort.list()
        return { state: "ok", words: "serial ports can be listed" }
    } catch (e) {
        return {
            state: "note",
            words: `serial ports cannot be listed here (${(e as Error).message}); name them with --port`,
        }
    }
}

async function boards(): Promise<Finding[]> {
    const ports = await boardPorts()
    const drives = bootDrives()
    if (ports.length === 0 && drives.length === 0)
        return [
            {
                state: "note",
                words: "no board is plugged in; some USB cables only charge, and do not carry data",
            },
        ]
    return [
        ...ports.map(portFinding),
        ...drives.map(drive => ({
            state: "ok" as const,
            words: `${drive}: a Pico in its boot mode`,
        })),
    ]
}

function portFinding({ path: at, kind, name }: FoundPort): Finding {
    const shown = `${at}: ${kind}${name === "" ? "" : ` (${name})`}`
    if (process.platform === "win32" || mayOpen(at)) return { state: "ok", words: shown }
    return {
        state: "missing",
        words:
            `${shown} may not be opened by this user: sudo usermod -aG ${groupOf(at)} $USER and log in again` +
            (existsSync(UDEV_FILE)
                ? ""
                : `, or put the rules of suitcase doctor --udev into ${UDEV_FILE}`),
    }
}

function mayOpen(file: string): boolean {
    try {
        accessSync(file, constants.R_OK | constants.W_OK)
        return true
    } catch {
        return false
    }
}

/** The group that a device file belongs to: "dialout" on Debian, "uucp" on Arch. */
function groupOf(file: string): string {
    try {
        const { gid } = statSync(file)
        const entry = readFileSync("/etc/group", "utf8")
            .split("\n")
            .find(text => text.split(":")[2] === String(gid))
        return entry?.split(":")[0] ?? "dialout"
    } catch {
        return "dialout"
    }
}
