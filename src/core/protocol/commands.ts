import { Bytes } from "../bytes.js"
import { isPlainText, isSafeJson } from "../text.js"

/** Longest id of a command, characters. */
export const COMMAND_ID_LENGTH = 32
/** Ids of carried out commands that a node remembers. */
export const REMEMBERED_IDS = 8
/** Room that {@link RecentIds.save} needs, B. */
export const REMEMBERED_BYTES = REMEMBERED_IDS * (COMMAND_ID_LENGTH + 1)

/** s */
const LONGEST_INTERVAL = 86400
const LONGEST_IDENTIFY = 60
const DEFAULT_IDENTIFY = 10

/** A command from the broker: {"id": text, "do": text, …}; docs/mqtt.md has the list. */
export class Command {
    /** "" when there is none that can be repeated. */
    id = ""
    /** What to do: "report", "describe", "interval" … */
    name = ""
    /** For "interval" and "identify". */
    seconds = 0
    /** Why it is refused; "" = it is not. */
    error = ""
    /** Whether this id was carried out before. */
    isRepeated = false
    /** Whether work on it began. */
    isBegun = false
}

/** @returns the command; one that cannot be carried out has an error */
export function parseCommand(text: string): Command {
    const command = new Command()
    if (!isSafeJson(text)) {
        command.error = "too long or too deep"
        return command
    }
    try {
        const parsed = JSON.parse(text) as Record<string, unknown>
        command.id = plainText(parsed["id"])
        command.name = plainText(parsed["do"])
        command.error = problemOf(command, parsed["seconds"])
    } catch {
        command.error = "not a JSON object"
    }
    return command
}

function problemOf(command: Command, seconds: unknown): string {
    if (command.id === "") return "id must be 1 to 32 printable ASCII characters"
    if (command.name === "interval") return takeSeconds(command, seconds, LONGEST_INTERVAL)
    if (command.name === "identify") {
        command.seconds = DEFAULT_IDENTIFY
        return seconds === undefined ? "" : takeSeconds(command, seconds, LONGEST_IDENTIFY)
    }
    const name = command.name
    if (name === "report" || name === "describe" || name === "reboot" || name === "outbox")
        return ""
    return "unknown command"
}

function takeSeconds(command: Command, seconds: unknown, longest: number): string {
    if (typeof seconds === "number")
        if (seconds >= 1 && seconds <= longest && Math.floor(seconds) === seconds) {
            command.seconds = seconds
            return ""
        }
    return "seconds must be a whole number from 1 to " + longest
}

/** A text of 1 … 32 characters that needs no escaping in JSON, else "". */
export function plainText(value: unknown): string {
    if (typeof value !== "string" || value.length > COMMAND_ID_LENGTH) return ""
    return isPlainText(value) ? value : ""
}

/** The ids of the last commands that were carried out. */
export class RecentIds {
    private readonly ids: string[] = []
    private next = 0

    constructor() {
        for (let i = 0; i < REMEMBERED_IDS; i++) this.ids.push("")
    }

    has(id: string): boolean {
        for (const known of this.ids) if (known === id) return true
        return false
    }

    /** Remembers an id, and forgets the oldest one. */
    add(id: string): void {
        this.ids[this.next] = id
        this.next = this.next + 1 === REMEMBERED_IDS ? 0 : this.next + 1
    }

    /**
     * Writes the ids, oldest first, each led by its length, for a store that
     * outlives the power.
     * @param target at least {@link REMEMBERED_BYTES} long
     * @returns bytes written
     */
    save(target: Bytes): number {
        let at = 0
        for (let i = 0; i < REMEMBERED_IDS; i++) {
            const place = this.next + i
            const id = this.ids[place >= REMEMBERED_IDS ? place - REMEMBERED_IDS : place]
            if (id === "") continue
            target[at] = id.length
            for (let j = 0; j < id.length; j++) target[at + 1 + j] = id.charCodeAt(j)
            at += 1 + id.length
        }
        return at
    }

    /** Adds what {@link save} wrote; whatever else the bytes say does no harm. */
    load(source: Bytes, length: number): void {
        let at = 0
        while (at < length) {
            const idLength = source[at]
            if (idLength === 0 || idLength > COMMAND_ID_LENGTH || at + idLength >= length) return
            let id = ""
            for (let j = 1; j <= idLength; j++) id = id + String.fromCharCode(source[at + j])
            this.add(id)
            at += 1 + idLength
        }
    }
}
