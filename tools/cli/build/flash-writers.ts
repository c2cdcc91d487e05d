/**
 * Which functions of a compiled program can write to the settings flash.
 *
 * A program reaches flash only through Jacdac services of its board: Settings,
 * Wi-Fi (which keeps networks) and Role manager. It speaks to them through role
 * objects, so it is enough to find those objects in the compiled code, which
 * holds reachable functions only, and to look at what is done with them. What
 * cannot be followed counts as writing: zero means zero.
 */
import { theCompiler } from "../../../sim/program/compile.js"
import { placeText, type Program } from "../../../sim/program/program.js"

interface FlashService {
    readonly name: string
    /** Members of its role that write nothing. */
    readonly harmless: ReadonlySet<string>
}

const ROLE_MEMBERS = ["report", "binding", "isBound", "spec"]
const SETTINGS = "Settings"

/** By service class. */
const FLASH_SERVICES: ReadonlyMap<number, FlashService> = new Map([
    [0x1107dc4a, { name: SETTINGS, harmless: new Set([...ROLE_MEMBERS, "get", "change"]) }],
    [
        0x18aae1fa,
        {
            name: "Wi-Fi",
            harmless: new Set([
                ...ROLE_MEMBERS,
                "reading",
                "rssi",
                "enabled",
                "ipAddress",
                "eui48",
                "ssid",
                "gotIp",
                "lostIp",
                "scan",
                "scanComplete",
                "networksChanged",
                "connectionFailed",
                "reconnect",
            ]),
        },
    ],
    [0x1e4b7e66, { name: "Role manager", harmless: new Set(ROLE_MEMBERS) }],
])

export interface FlashWriter {
    /** "writeSetting (…/api.ts:10)" */
    readonly function: string
    /** "Settings.set" */
    readonly does: string
    /** Functions that call it, likewise with their places. */
    readonly calledBy: readonly string[]
}

interface Disassembled {
    readonly index: number
    /** Its name in calls: "writeSetting_F9". */
    readonly label: string
    readonly lines: readonly string[]
}

/**
 * @param program as compiled: linked, functions are not where they were written
 * @returns all functions that can write; none means that ordinary operation makes no flash write */
export function flashWriters(program: Program): FlashWriter[] {
    const functions = disassembled(program)
    const roles = new Map<string, FlashService>()
    const found: { readonly at: Disassembled; readonly does: string }[] = []
    for (const at of functions)
        at.lines.forEach((text, i) => {
            const made = /"_allocRole"\(([^,)]*)/.exec(text)
            if (made === null) return
            const isKnown = /^\d+$/.test(made[1])
            const service = FLASH_SERVICES.get(Number(made[1]))
            if (isKnown && service === undefined) return
            const global = /^(\{G\d+\}) := ret_val\(\)$/.exec(at.lines[i + 1] ?? "")
            if (global !== null && service !== undefined) roles.set(global[1], service)
            else found.push({ at, does: `keeps a role of ${service?.name ?? "some service"}` })
        })
    for (const at of functions)
        for (const text of at.lines)
            for (const does of writesIn(text, roles)) found.push({ at, does })
    return found.map(({ at, does }) => ({
        function: placeText(program, at.index),
        does,
        calledBy: functions
            .filter(caller => caller !== at && caller.lines.some(text => mentions(text, at.label)))
            .map(caller => placeText(program, caller.index)),
    }))
}

function mentions(text: string, label: string): boolean {
    const at = text.indexOf(label)
    return at >= 0 && !/\d/.test(text.charAt(at + label.length))
}

/** What a line of code does to roles that can write. */
function writesIn(text: string, roles: ReadonlyMap<string, FlashService>): string[] {
    const found: string[] = []
    for (const use of text.matchAll(/(\{G\d+\})(?:\."(\w+)")?/g)) {
        const service = roles.get(use[1])
        if (service === undefined) continue
        const member = use[2]
        const before = text.slice(0, use.index)
        const after = text.slice(use.index + use[0].length)
        if (before === "" && member === undefined && after === " := ret_val()") continue
        if (member !== undefined && service.harmless.has(member)) continue
        // src/scheduler: takes the place of the role's event of binding, and sends nothing.
        if (/\b(?:onlyW|w)akeByAnnouncements_F\d+\($/.test(before)) continue
        // The library's way to read: it sends nothing but what it is told to.
        if (service.name === SETTINGS && before.endsWith(`"actionReport"(`))
            if (after.startsWith(', "get",')) continue
        found.push(
            member === undefined
                ? `passes on a role of ${service.name}`
                : `${service.name}.${member}`
        )
    }
    return found
}

/** The compiler's own disassembly, without positions. */
function disassembled(program: Program): Disassembled[] {
    const functions: { index: number; label: string; lines: string[] }[] = []
    for (const text of theCompiler().disassemble(program.bytecode).split("\n")) {
        const head = /^\w+ ((?:\S*_)?F(\d+))\(/.exec(text)
        if (head !== null) functions.push({ index: Number(head[2]), label: head[1], lines: [] })
        const code = /^ *\d+: +(.*)$/.exec(text)
        if (code !== null) functions.at(-1)?.lines.push(code[1].trimEnd())
    }
    if (functions.length !== program.debug.functions.length)
        throw new Error(
            `disassembled ${functions.length} of ${program.debug.functions.length} functions`
        )
    return functions
}
