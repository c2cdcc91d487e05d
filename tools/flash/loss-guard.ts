import { BoardError } from "./board-access.js"

/** Without any step forward for so long a board is taken for stuck, ms. Erasing 256 KB takes a few seconds. */
const STALL_MS = 30_000

/**
 * Ends what waits for a board that is gone. esptool-js 0.7.0 waits forever for a write on a port whose
 * cable was pulled out: each of its promises is raced against the port's end, and against standstill.
 */
export class LossGuard {
    private lost: BoardError | undefined
    private readonly waiting = new Set<(error: BoardError) => void>()

    /** @param comeBack what brings the board back into its boot mode once it is unplugged */
    constructor(
        private readonly stallMs = STALL_MS,
        private readonly comeBack = "plug it in"
    ) {}

    get isLost(): boolean {
        return this.lost !== undefined
    }

    /** The port has closed by itself. @returns what to say about it */
    lose(): BoardError {
        this.lost ??= new BoardError(
            `the board is gone: was the cable pulled out? To go on, ${this.comeBack} and start over; ` +
                "what is written already is not written again",
            "gone"
        )
        for (const reject of [...this.waiting]) reject(this.lost)
        return this.lost
    }

    /**
     * @param doing "writing", for the message when nothing moves
     * @param work is told how to say that it moves
     * @throws BoardError when the port ends before the work does, or the work stands still
     */
    async during<T>(doing: string, work: (moved: () => void) => Promise<T>): Promise<T> {
        if (this.lost !== undefined) throw this.lost
        let reject: (error: BoardError) => void = () => undefined
        const ended = new Promise<never>((_, reason) => (reject = reason))
        this.waiting.add(reject)
        let timer: ReturnType<typeof setTimeout> | undefined
        const moved = () => {
            clearTimeout(timer)
            timer = setTimeout(
                () =>
                    reject(
                        new BoardError(
                            `${doing} stands still for ${this.stallMs / 1000} s: unplug the board, ${this.comeBack} and start over`,
                            "stalled"
                        )
                    ),
                this.stallMs
            )
        }
        moved()
        const result = work(moved)
        // What goes on without anybody waiting must not end the process.
        result.catch(() => undefined)
        try {
            return await Promise.race([result, ended])
        } finally {
            clearTimeout(timer)
            this.waiting.delete(reject)
        }
    }
}
