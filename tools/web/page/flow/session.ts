/** Carries out what a person asks for: talks to boards, and tells the state machine what came of it. */
import { sha256 } from "@noble/hashes/sha2.js"
import { DECIDED_KEYS, storeValues } from "../../../cli/flash/store-values.js"
import { BoardError, type BoardAccess } from "../../../flash/board-access.js"
import { boardImage, bundleFile } from "../../../flash/board-image.js"
import { hexDigits, layoutOf } from "../../../flash/chips.js"
import { EspBoard } from "../../../flash/esp/esp-board.js"
import { flashBoard, type FlashJob } from "../../../flash/flash-board.js"
import { PicoBoard } from "../../../flash/picoboot/pico-board.js"
import { touchIntoBootMode } from "../../../flash/picoboot/touch.js"
import { runtimeSegments } from "../../../flash/runtime-image.js"
import { withInterval } from "../../kit-export.js"
import { watchNode } from "../readings/watch.js"
import { type Surroundings } from "./devices.js"
import { PageError, problemFrom } from "./failures.js"
import { chosenInterval, settingsOf } from "./fields.js"
import { next, type FlowEvent } from "./flow.js"
import { KeptSettings } from "./kept-settings.js"
import { ProgressMeter } from "./progress.js"
import { readSecrets } from "./secret-files.js"
import { boardOf, nodeName, programOf, type State } from "./state.js"

export interface NamedText {
    readonly name: string
    readonly text: string
}

export class Session {
    private board: BoardAccess | undefined
    /** Ends watching a node. */
    private watching: AbortController | undefined
    /** Ends what waits for the board. */
    private stopped: (() => void)[] = []

    constructor(
        public state: State,
        private readonly around: Surroundings,
        private readonly onState: (state: State) => void = () => undefined
    ) {}

    tell(event: FlowEvent): void {
        const before = this.state
        this.state = next(before, event)
        if (before.step === "write" && this.state.step !== "write") void this.letGo()
        if (before.step === "readings" && this.state.step !== "readings") this.watching?.abort()
        if (this.state !== before) this.onState(this.state)
    }

    /** What keeps every board from being reached, before anything is tried. */
    checkBrowser(): void {
        const { isSecure, hasSerial, hasUsb } = this.around.devices
        if (!isSecure) this.fail(new PageError("not secure"))
        else if (!hasSerial && !hasUsb) this.fail(new PageError("no serial"))
    }

    get isPico(): boolean {
        return this.architecture.startsWith("rp2040")
    }

    get hasSerial(): boolean {
        return this.around.devices.hasSerial
    }

    /** Whether an RP2040 can be written directly. */
    get hasUsb(): boolean {
        return this.around.devices.hasUsb
    }

    /** Checks the file of a runtime before it is taken. */
    takeRuntime(name: string, bytes: Uint8Array): void {
        try {
            const layout = layoutOf(this.architecture)
            runtimeSegments(layout, bytes)
            const sum = hexDigits(sha256(bytes))
            const { chip } = layout
            const runtime = { kind: "file", name, bytes, sha256: sum, chip } as const
            this.tell({ kind: "runtime chosen", runtime })
        } catch (e) {
            this.fail(e)
        }
    }

    takeSecrets(files: readonly NamedText[]): void {
        try {
            this.tell({ kind: "secrets read", files: readSecrets(files) })
        } catch (e) {
            this.fail(e)
        }
    }

    /** Must be called by a click: the browser asks which board. */
    async connect(): Promise<void> {
        await this.busy(async () => {
            const board = this.isPico ? await this.connectPico() : await this.connectEsp()
            this.board = board
            const { chip, serial } = board
            if (chip !== layoutOf(this.architecture).chip) {
                await this.letGo()
                const problem = problemFrom(new PageError("other board"), this.state, chip)
                this.tell({ kind: "failed", problem })
                return
            }
            this.tell({ kind: "found", board: { chip, serial } })
        })
    }

    /** Restarts a board with other firmware than ours into its boot mode. */
    async touch(): Promise<void> {
        await this.busy(async () => {
            const { port } = await this.around.devices.choosePort()
            await touchIntoBootMode(port)
            this.tell({ kind: "idle" })
        })
    }

    async write(): Promise<void> {
        const { board } = this
        if (board === undefined || this.state.step !== "write" || this.state.isBusy) return
        await this.busy(async () => {
            this.tell({ kind: "writing" })
            const job = await this.job()
            const meter = new ProgressMeter(piecesOf(job), () => this.around.nowMs())
            const { storeBytes } = layoutOf(job.architecture)
            const keeper = new KeptSettings(this.around.kept, storeBytes)
            const { serial } = await flashBoard(board, job, keeper, event =>
                this.tell({ kind: "progress", progress: meter.on(event) })
            )
            keeper.forget(serial)
            this.tell({ kind: "written" })
        })
    }

    /** Ends writing, as a pulled cable does. */
    stop(): void {
        for (const stop of this.stopped) stop()
    }

    /** Shows what the board measures, until the person goes on. Must be called by a click. */
    async watch(): Promise<void> {
        if (this.state.step !== "readings" || this.state.isBusy) return
        await this.busy(async () => {
            const port = await this.around.devices.chooseRunningBoard()
            const watching = new AbortController()
            this.watching = watching
            await watchNode(
                port,
                view => this.tell({ kind: "readings", view }),
                watching.signal
            ).catch((e: unknown) => {
                const isMute = e instanceof BoardError && e.reason === "other"
                throw isMute ? new PageError("no first reading", e.message) : e
            })
        })
    }

    /** The one file with everything for the drive of an RP2040. */
    async saveForDrive(): Promise<void> {
        await this.busy(async () => {
            const job = await this.job()
            if (job.runtime === undefined) throw new PageError("no runtime")
            const { bytes } = bundleFile(job.architecture, piecesOf(job))
            this.around.saveFile(`${nodeName(this.state)}.uf2`, bytes)
            this.tell({ kind: "idle" })
        })
    }

    private async connectEsp(): Promise<BoardAccess> {
        const { port, onLost } = await this.around.devices.choosePort()
        return await EspBoard.connect(port, this.orStopped(onLost))
    }

    private async connectPico(): Promise<BoardAccess> {
        const { device, onLost } = await this.around.devices.choosePico()
        return await PicoBoard.connect(device, this.orStopped(onLost))
    }

    private orStopped(onLost: (listener: () => void) => void) {
        this.stopped = []
        return (listener: () => void) => {
            onLost(listener)
            this.stopped.push(listener)
        }
    }

    private async job(): Promise<FlashJob> {
        const { state, around } = this
        const board = boardOf(state)
        const program = programOf(state)
        const settings = settingsOf(state)
        if (board === undefined || program === undefined || settings === undefined)
            throw new Error("nothing is chosen")
        const bytes = await around.loadFile(program.file)
        const seconds = chosenInterval(state)
        const at = program.intervalAt
        return {
            architecture: board.architecture,
            config: Uint8Array.from(atob(board.config), character => character.charCodeAt(0)),
            program:
                at === undefined || seconds === undefined
                    ? bytes
                    : withInterval(bytes, at, seconds),
            runtime: await this.runtime(),
            values: storeValues(settings),
            dropped: DECIDED_KEYS,
        }
    }

    private async runtime(): Promise<Uint8Array | undefined> {
        const { runtime } = this.state
        if (runtime.kind === "file") return runtime.bytes
        const file = boardOf(this.state)?.runtime
        return runtime.kind === "folder" && file !== undefined
            ? await this.around.loadFile(file)
            : undefined
    }

    private get architecture(): string {
        return boardOf(this.state)?.architecture ?? ""
    }

    private async busy(work: () => Promise<void>): Promise<void> {
        this.tell({ kind: "busy" })
        try {
            await work()
        } catch (e) {
            this.fail(e)
        }
    }

    private fail(e: unknown): void {
        this.tell({ kind: "failed", problem: problemFrom(e, this.state) })
    }

    private async letGo(): Promise<void> {
        const { board } = this
        this.board = undefined
        await board?.close()
    }
}

function piecesOf(job: FlashJob) {
    return boardImage({ ...job, store: { program: job.program, values: job.values } })
}
