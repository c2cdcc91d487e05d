/** What the forms of the table have in common. */
import { type FrameOrigin, type NodeState, type Reading } from "../../decoder/index.js"

export interface ReadingWriter {
    /** Called once when the connection is up, with a line for people. */
    start(headline: string): void
    reading(reading: Reading): void
    /** A problem or an event, for people. */
    note(text: string): void
    /** A node came or went; without it these are notes. */
    state?(origin: FrameOrigin, state: NodeState): void
    /** The connection is lost, or there again; without it these are notes. */
    link?(isUp: boolean): void
    close(): void
}
