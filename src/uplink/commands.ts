import { CommandServer, Uplink } from "./uplink.js"
import { Command, REMEMBERED_BYTES, RecentIds, parseCommand } from "../core/protocol/commands.js"
import { RESTART_COMMAND } from "../core/protocol/restart.js"
import { LEAF_ACK } from "../core/protocol/topics.js"

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
    /** Shows which node this is. @param seconds 1 … 60 @returns "" or why not */
    identify: (seconds: number) => string
    /** Figures of the outbox, as members of a JSON object: `"frames":3,"bytes":120,…`. */
    outboxText: () => string
    /** Keeps the ids of the last commands, for {@link Commands} after a reset. */
    keepIds: (bytes: Buffer, length: number) => Promise<void>
}

/**
 * Remote commands between their arrival and their answer. Each is acknowledged;
 * one whose id was carried out before is answered again and not carried out.
 */
export class Commands implements CommandServer {
    /** Commands without an answer, because too many came at once. */
    ignored = 0

    private readonly recent = new RecentIds()
    private readonly waiting: Command[] = []
    /** Whether the node is to restart once its answer has arrived. */
    private isRebootWanted = false

    /** @param kept what {@link StationControl.keepIds} kept; undefined when there is nothing */
    constructor(
        private readonly control: StationControl,
        kept: Buffer
    ) {
        if (kept !== undefined) this.recent.load(kept, kept.length)
    }

    take(text: string, isRetained: boolean): void {
        if (this.waiting.length >= MAX_UNANSWERED) {
            this.ignored++
            return
        }
        const command = parseCommand(text)
        // Else the node would restart after each start.
        if (isRetained && command.name === "reboot") command.error = "retained"
        if (command.error === "" && this.waiting.length >= MAX_WAITING) command.error = "busy"
        this.waiting.push(command)
    }

    isReadyToReboot(): boolean {
        return this.isRebootWanted && this.waiting.length === 0
    }

    async answerNext(uplink: Uplink): Promise<boolean> {
        const command = await this.next(uplink)
        if (command === undefined) return false
        const answer = await this.answer(command)
        if (command.error === "" && !command.isRepeated) {
            // All that was recorded has arrived, so the status record covers it.
            if (command.name === "report") await uplink.sendStatus()
            if (command.name === "describe") await uplink.sendRecords()
        }
        // Once it is in the window, it is not lost any more.
        await uplink.client.makeRoom()
        this.waiting.insert(this.waiting.indexOf(command), -1)
        await uplink.publish(LEAF_ACK, answer, false)
        return true
    }

    /**
     * The answer to the command has arrived: restarts, when the broker has the
     * goodbye too, and with it all acknowledgements that were sent before. Should
     * the connection break until then, the next one says goodbye.
     * @throws LinkError
     */
    async reboot(uplink: Uplink): Promise<void> {
        if (uplink.client.inFlight() > 0) return
        await uplink.sayGoodbye(RESTART_COMMAND)
        // A command that came meanwhile gets its answer first.
        if (!this.isReadyToReboot()) return
        this.isRebootWanted = false
        await uplink.hangUp(RESTART_COMMAND)
    }

    /** @returns the command to answer next, or undefined; it is given until it was answered */
    private async next(uplink: Uplink): Promise<Command> {
        for (const command of this.waiting) {
            if (isReport(command)) {
                if (!command.isBegun) await this.begin(command)
                // The open frame, if there was one, has to arrive first.
                if (uplink.isDrained() || !isReport(command)) return command
                continue
            }
            // A restart waits for the commands that came before it.
            const isReboot = command.name === "reboot" && command.error === ""
            if (!isReboot || command === this.waiting[0]) return command
        }
        return undefined
    }

    /** Carries a command out, if it is to be. @returns the answer */
    private async answer(command: Command): Promise<string> {
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
        if (name === "identify") {
            command.error = this.control.identify(seconds)
            if (command.error !== "") return
        }
        if (name === "reboot") this.isRebootWanted = true
        this.recent.add(command.id)
        const bytes = Buffer.alloc(REMEMBERED_BYTES)
        await this.control.keepIds(bytes, this.recent.save(bytes))
    }
}

/** Whether a command is a report that is not refused: only that one has to wait. */
function isReport(command: Command): boolean {
    return command.name === "report" && command.error === ""
}
