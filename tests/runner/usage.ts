/** What this process has used since its start. */
import { readFileSync } from "node:fs"

export interface Usage {
    /** CPU time of this process, all its threads, s. */
    readonly cpuSeconds: number
    /** CPU time of processes that it started and that have ended, s; 0 where the system does not tell. */
    readonly childSeconds: number
    /** Most memory that it has had, B. */
    readonly memoryBytes: number
}

/** What a test file cost; a worker runs many files. */
export interface FileCost extends Usage {
    /** Process id of the worker. */
    readonly worker: number
}

declare module "vitest" {
    interface TaskMeta {
        cost?: FileCost
    }
}

/** Clock ticks per second in /proc, the same on all Linux systems. */
const TICKS = 100
/** Fields of /proc/self/stat behind the name in brackets: cutime and cstime, see proc(5). */
const CHILD_USER = 13
const CHILD_SYSTEM = 14

export function usage(): Usage {
    const { user, system } = process.cpuUsage()
    return {
        cpuSeconds: (user + system) / 1e6,
        childSeconds: childSeconds(),
        memoryBytes: process.resourceUsage().maxRSS * 1024,
    }
}

function childSeconds(): number {
    if (process.platform !== "linux") return 0
    const text = readFileSync("/proc/self/stat", "utf8")
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
    return (Number(fields[CHILD_USER]) + Number(fields[CHILD_SYSTEM])) / TICKS
}
