/** A keys file that is read again when it changes. */
import { statSync } from "node:fs"
import { count } from "../view/format.js"
import { type Opener } from "../../decoder/index.js"
import { ccmOpener } from "./ccm-opener.js"
import { readKeys, type Keys } from "./key-file.js"

/** How often to look, ms. */
const LOOK_MS = 5000

export class WatchedKeys {
    private readonly keys: Keys
    private stamp: string
    private readonly timer: NodeJS.Timeout
    readonly opener: Opener

    /** @throws UsageError when it cannot be read now */
    constructor(
        private readonly file: string,
        private readonly note: (text: string) => void,
        lookMs = LOOK_MS
    ) {
        this.keys = readKeys(file, note)
        this.stamp = this.stampNow()
        this.opener = ccmOpener(this.keys)
        this.timer = setInterval(() => this.look(), lookMs)
        this.timer.unref()
    }

    close(): void {
        clearInterval(this.timer)
    }

    /** What cannot be read leaves the keys as they were. */
    private look(): void {
        const stamp = this.stampNow()
        if (stamp === this.stamp) return
        this.stamp = stamp
        try {
            const fresh = readKeys(this.file, this.note)
            this.keys.clear()
            for (const [node, key] of fresh) this.keys.set(node, key)
            this.note(`${this.file} was read again: ${count(this.keys.size)} keys`)
        } catch (e) {
            this.note(`${(e as Error).message}; the keys from before stay in use`)
        }
    }

    private stampNow(): string {
        try {
            const { mtimeMs, size, ino } = statSync(this.file)
            return `${mtimeMs} ${size} ${ino}`
        } catch {
            return "none"
        }
    }
}
