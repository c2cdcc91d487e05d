/** The recordings that come with the project: see SOURCES.md. */
import path from "node:path"
import { PROJECT_ROOT } from "../program/project.js"
import { loadTrace, type Trace, type TraceColumn } from "./trace.js"

const loaded = new Map<string, Trace>()

/** A recording of sim/traces; read once per process. */
export function builtIn(file: string): Trace {
    let trace = loaded.get(file)
    if (trace === undefined) {
        trace = loadTrace(path.join(PROJECT_ROOT, "sim", "traces", file))
        loaded.set(file, trace)
    }
    return trace
}

/** @throws Error when the recording has no such column */
export function builtInColumn(file: string, name: string): TraceColumn {
    const column = builtIn(file).columns.find(candidate => candidate.name === name)
    if (column === undefined) throw new Error(`${file} has no column ${name}`)
    return column
}
