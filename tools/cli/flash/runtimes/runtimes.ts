/** Where the runtimes of boards come from, as the command line says it. */
import { type Command } from "commander"
import { type BoardProfile } from "../../../../sim/board/profile.js"
import { collectOption } from "../../options.js"
import { defaultRuntimesFolder, downloadedRuntime } from "./download.js"
import { runtimeAmong } from "./files.js"

export interface RuntimeFlags {
    /** Files and folders. */
    readonly runtime: readonly string[]
    readonly download?: true
    readonly downloadFrom?: string
    readonly acceptChecksum?: string | true
    /** Folder of what was downloaded before. */
    readonly runtimes: string
}

export const RUNTIME_HELP = `
--runtime takes the file of a DeviceScript runtime for the board's chip, or a
folder with those of several chips; the right one is found by what is in it.
Without one, --download fetches the release that this toolkit goes with, holds
it against its SHA-256 and keeps it. A board that has a runtime already needs
none, a Pico that is written over its drive excepted.`

export function runtimeOptions(command: Command): Command {
    return command
        .option("--runtime <path>", "file or folder of DeviceScript runtimes", collectOption, [])
        .option("--download", "download the runtime where no file is given")
        .option("--download-from <address>", "the same from a server of your own")
        .option("--accept-checksum [sha256]", "take a download whose checksum is not known yet")
        .option("--runtimes <folder>", "where downloads are kept", defaultRuntimesFolder())
}

export class Runtimes {
    private readonly found = new Map<string, Promise<Uint8Array | undefined>>()

    constructor(
        private readonly flags: RuntimeFlags,
        private readonly say: (text: string) => void
    ) {}

    /** @returns undefined when the board is to have one already @throws ImageError, UsageError */
    async for(profile: BoardProfile): Promise<Uint8Array | undefined> {
        const before = this.found.get(profile.architecture)
        if (before !== undefined) return await before
        const runtime = this.look(profile)
        this.found.set(profile.architecture, runtime)
        return await runtime
    }

    private async look(profile: BoardProfile): Promise<Uint8Array | undefined> {
        const { runtime, download, downloadFrom, acceptChecksum, runtimes } = this.flags
        if (runtime.length > 0) return runtimeAmong(runtime, profile)
        if (download !== true && downloadFrom === undefined) return undefined
        return await downloadedRuntime(profile, {
            cache: runtimes,
            say: this.say,
            ...(downloadFrom === undefined ? {} : { from: downloadFrom }),
            ...(acceptChecksum === undefined ? {} : { accepted: acceptChecksum }),
        })
    }
}
