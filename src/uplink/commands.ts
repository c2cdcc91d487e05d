import { Command, REMEMBERED_BYTES, RecentIds, parseCommand } from "./wire/commands.js"

/** Commands that wait to be carried out; further ones are answered with "busy". */
const MAX_WAITING = 4
/** Commands that wait for an answer, those that will be "busy" included; further ones are ignored. */
const MAX_UNANSWERED = 8

/** What commands do to the station. */
export interface StationControl {
    /** Puts the open frame into the outbox. */
    report: () => Promise<void>
    /**
     * Not `setInterval`: of that name, the compiler would take the platform's into the program.
     * @param seconds 1 … 86,400
     * @returns "" or why not
     */
    changeInterval: (seconds: number) => Promise<string>
    /** Shows which node this is. @param seconds 1 … 60 */
    identify: (seconds: number) => void
    /** Saves what can be saved and restarts. */
    reboot: () => Promise<void>
    /** Figures of the outbox, as members of a JSON object: `"frames":3,"bytes":120,…`. */
    outboxText: () => string
    /** Keeps the ids of the last commands, for {@link Commands.recent} after a reset. */
    keepIds: (bytes: Buffer, length: number) => Promise<void>
}

/**
 * Remote commands between their arrival and their answer. Each is acknowledged;
 * one whose id was carried out before is answered again and not carried out.
 */
export class Commands {
    /** Fill it with what {@link StationControl.keepIds} kept. */
    readonly recent = new RecentIds()
    /** Commands without an answer, because too many came at once. */
    ignored = 0
    /** Whether the node is to restart once its answer has arrived. */
    isRebootWanted = false

    private readonly waiting: Command[] = []

    constructor(private readonly control: StationControl) {}

    /** Takes a command from the broker; {@link next} gives it when its turn has come. */
    take(text: string): void {
        if (this.waiting.length >= MAX_UNANSWERED) {
            this.ignored++
            return
        }
        const command = parseCommand(text)
        if (command.error === "" && this.waiting.length >= MAX_WAITING) command.error = "busy"
        this.waiting.push(command)
    }

    /** Whether a restart is wanted and every command has its answer. */
    isReadyToReboot(): boolean {
        return this.isRebootWanted && this.waiting.length === 0
    }

    /**
     * @param isDrained tells whether all that was recorded has arrived at the broker
     * @returns the command to answer next, or undefined; it is given until {@link done}
     */
    async next(isDrained: () => boolean): Promise<Command> {
        for (const command of this.waiting) {
            if (isReport(command)) {
                if (!command.isBegun) await this.begin(command)
                // The open frame, if there was one, has to arrive first.
                if (isDrained() || !isReport(command)) return command
                continue
            }
            // A restart waits for the commands that came before it.
            const isReboot = command.name === "reboot" && command.error === ""
            if (!isReboot || command === this.waiting[0]) return command
        }
        return undefined
    }

    /** Carries a command out, if it is to be. @returns the answer */
    async answer(command: Command): Promise<string> {
        if (!command.isBegun) await this.begin(command)
        let result = ',"ok":false,"error":"' + command.error + '"}'
        if (command.error === "") {
            result = ',"ok":true'
            if (command.name === "interval") result = result + ',"seconds":' + command.seconds
            if (command.name === "outbox") result = result + "," + this.control.outboxText()
            result = result + "}"
        }
        return '{"id":"' + command.id + '"' + result
    }

    /** The answer is on its way. */
    done(command: Command): void {
        this.waiting.insert(this.waiting.indexOf(command), -1)
    }

    private async begin(command: Command): Promise<void> {
        command.isBegun = true
        if (command.error !== "") return
        command.isRepeated = this.recent.has(command.id)
        if (command.isRepeated) return
        if (this.isRebootWanted) {
            command.error = "the node is about to restart"
            return
        }
        try {
            await this.carryOut(command)
        } catch (e) {
            console.warn("command: " + (e instanceof Error ? e.message : "error"))
            command.error = "it failed"
        }
    }

    private async carryOut(command: Command): Promise<void> {
        const { name, seconds } = command
        if (name === "interval") {
            command.error = await this.control.changeInterval(seconds)
            if (command.error !== "") return
        }
        if (name === "report") await this.control.report()
        if (name === "identify") this.control.identify(seconds)
        if (name === "reboot") this.isRebootWanted = true
        this.recent.add(command.id)
        const bytes = Buffer.alloc(REMEMBERED_BYTES)
        await this.control.keepIds(bytes, this.recent.save(bytes))
    }
}

/** Whether a command is a report that is not refused: only that one has to wait. */
export function isReport(command: Command): boolean {
    return command.name === "report" && command.error === ""
}
