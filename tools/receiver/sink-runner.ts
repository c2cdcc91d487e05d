/** Feeds one sink from the journal, so that no sink waits for another. */
import { JournalCursor } from "./journal/cursor.js"
import { type Journal } from "./journal/journal.js"
import { type Position } from "./journal/segment.js"
import { type SinkPlaces } from "./sink-places.js"
import { type Sink } from "./sink.js"

/** Longest time between two commits while there is something to commit, ms. */
const COMMIT_MS = 1000
/** Pause before a sink that failed is tried again, ms. */
const RETRY_MS = 10_000

export class SinkRunner {
    private position: Position
    private isStopping = false
    private isOpen = false
    /** Whether it failed and was not opened since. */
    private hasFailed = false
    private hasNews = false
    private wake: () => void = () => undefined
    private endPause: () => void = () => undefined
    private idle: (() => void)[] = []
    private running: Promise<void> = Promise.resolve()
    private readonly stopWatching: () => void

    constructor(
        private readonly sink: Sink,
        private readonly journal: Journal,
        private readonly places: SinkPlaces,
        private readonly note: (text: string) => void,
        private readonly commitMs = COMMIT_MS
    ) {
        this.position = places.of(sink.id)?.position ?? journal.begin
        this.stopWatching = journal.onSync(() => this.tellNews())
    }

    start(): void {
        this.running = this.run()
    }

    /** Resolves when the sink has committed all that is on disk, or cannot. */
    async drain(): Promise<void> {
        if (this.hasFailed) return
        await new Promise<void>(resolve => {
            this.idle.push(resolve)
            this.tellNews()
        })
    }

    /** Resolves when it let go of the sink. */
    async stop(): Promise<void> {
        this.isStopping = true
        this.tellNews()
        this.endPause()
        await this.running
        this.stopWatching()
    }

    private async run(): Promise<void> {
        while (!this.isStopping) {
            try {
                await this.feed()
            } catch (e) {
                if (!this.hasFailed)
                    this.note(
                        `${this.sink.description}: ${(e as Error).message}; ` +
                            "what comes is kept in the journal, and it is tried again"
                    )
                this.hasFailed = true
                this.tellIdle()
                await this.closeSink()
                await this.pause()
            }
        }
        await this.closeSink()
        this.tellIdle()
    }

    /** From the last commit on, until it is stopped. @throws Error of the sink */
    private async feed(): Promise<void> {
        const place = this.places.of(this.sink.id)
        await this.sink.open(place?.committed)
        this.isOpen = true
        const cursor = new JournalCursor(this.journal, place?.position ?? this.position)
        this.position = cursor.position
        // From now on the journal is kept for it.
        if (place === undefined) await this.commit(cursor.position)
        if (this.hasFailed) this.note(`${this.sink.description}: goes on`)
        this.hasFailed = false
        let committedAt = performance.now()
        let isDirty = false
        try {
            for (;;) {
                this.hasNews = false
                const frames = await cursor.next()
                if (frames.length > 0) {
                    await this.sink.write(
                        frames.map(({ arrivedMs, resolve }) => ({ ...resolve(), arrivedMs }))
                    )
                    isDirty = true
                }
                const isDone = frames.length === 0
                const age = performance.now() - committedAt
                const isWanted = isDone && this.idle.length > 0
                const isDue = age >= this.commitMs || isWanted || this.isStopping
                if (isDirty && isDue) {
                    await this.commit(cursor.position)
                    committedAt = performance.now()
                    isDirty = false
                }
                if (this.isStopping) return
                if (!isDone) continue
                if (isDirty) await this.sleep(this.commitMs - age)
                else {
                    this.tellIdle()
                    await this.sleep(undefined)
                }
            }
        } finally {
            await cursor.close()
        }
    }

    private async commit(position: Position): Promise<void> {
        const committed = await this.sink.commit()
        await this.places.commit(this.sink.id, position, committed)
        this.position = position
    }

    private async closeSink(): Promise<void> {
        if (this.isOpen) await this.sink.close()
        this.isOpen = false
    }

    private tellIdle(): void {
        for (const resolve of this.idle.splice(0)) resolve()
    }

    private tellNews(): void {
        this.hasNews = true
        this.wake()
    }

    /** Until there is something to do, or after N ms. */
    private async sleep(ms: number | undefined): Promise<void> {
        if (this.hasNews) return
        await new Promise<void>(resolve => {
            const timer = ms === undefined ? undefined : setTimeout(resolve, Math.max(0, ms))
            this.wake = () => {
                clearTimeout(timer)
                resolve()
            }
        })
        this.wake = () => undefined
    }

    /** Before the sink is tried again; whatever comes meanwhile. */
    private async pause(): Promise<void> {
        if (this.isStopping) return
        await new Promise<void>(resolve => {
            const timer = setTimeout(resolve, RETRY_MS)
            this.endPause = () => {
                clearTimeout(timer)
                resolve()
            }
        })
    }
}
