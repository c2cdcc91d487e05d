/**
 * Ends the link of a node at every byte of a session, or at every n-th: each
 * connection a step later than the one before, until whole sessions pass.
 */
import { type Connection } from "../../sim/net/connection.js"
import { hours, minutes } from "../../sim/time/duration.js"
import { type Direction, type Fault } from "./link-faults.js"
import { type Testbed } from "./testbed.js"

const WHOLE_MS = 20_000
/** This many whole sessions in a row end a sweep: the number of bytes in one varies a little. */
const WHOLE_SESSIONS = 10
/** From the connection to a command, so that a session has all kinds of packets, ms. */
const COMMAND_MS = 2000

export interface Sweep {
    readonly direction: Direction
    readonly fault: Fault
    /** Whether the broker lost its sessions before each connection: the node introduces itself again. */
    readonly isForgetful: boolean
    /** Bytes from one cut to the next, and before the first one. */
    readonly grain: number
    readonly first: number
}

export interface SweepResult {
    readonly connections: number
    /** Bytes of the longest session that was cut. */
    readonly lastCut: number
    /** Whether whole sessions passed in the end. */
    readonly isWhole: boolean
    /** How often the fault struck. */
    readonly strikes: number
}

function reset(connection: Connection): void {
    connection.reset("connection reset")
}

function isAnswered(bed: Testbed, id: string): boolean {
    return id === "" || bed.acks.some(answer => answer.startsWith(`{"id":"${id}"`))
}

/** Runs the sweep; all is well again afterwards, and the node has delivered what it has. */
export async function sweep(
    bed: Testbed,
    { direction, fault, isForgetful, grain, first }: Sweep
): Promise<SweepResult> {
    const { broker, node, world } = bed
    const { connections: repeats = 1, end = reset, wholeMs = WHOLE_MS } = fault
    const active = fault.begin(bed, direction)
    let connections = 0
    let lastCut = 0
    let whole = 0
    let isCut = true
    let asked = ""
    node.link.onConnection = connection => {
        // Of the one before.
        if (isCut) whole = 0
        else whole++
        isCut = false
        const at = first + grain * Math.floor(connections++ / repeats)
        connection.after(direction, at, () => {
            isCut = true
            lastCut = at
            end(connection, direction)
        })
        active.meet?.(connection, at)
        if (isForgetful) broker.stop(true)
        broker.start()
        world.clock.after(COMMAND_MS * 1000, () => {
            // A broker that forgets sessions forgets commands.
            if (isForgetful || isAnswered(bed, asked)) asked = bed.command({ do: "report" })
        })
        world.clock.after(wholeMs * 1000, () => {
            if (!connection.isClosed) connection.reset("connection reset")
        })
    }
    const isWhole = await world.runUntil(() => whole >= WHOLE_SESSIONS * repeats, hours(400))
    node.link.onConnection = undefined
    active.stop()
    // The longest backoff, and what stalls or is half-open.
    await world.run(minutes(8))
    await bed.drain()
    return { connections, lastCut, isWhole, strikes: active.strikes() }
}
