/** The table at the end of a simulated run. */
import Table from "cli-table3"
import { type FaultOutcome } from "../sim/fault-schedule.js"
import { isComplete, type SimReport } from "../sim/report.js"
import { type Colors } from "../terminal.js"
import { bytes, bytesPer, count, counted, span, times } from "./format.js"

/** At most 80 columns wide. */
export function summary(report: SimReport, colors: Colors): string {
    const received = report.readingsReceived
    const table = new Table({
        colWidths: [23, 54],
        style: { head: [], border: [], compact: true },
    })
    const add = (name: string, text: string) => table.push([name, text])
    add("readings sampled", count(report.readingsSampled))
    add("readings received", count(received))
    add("readings lost", lostText(report, colors))
    add("duplicates", `${counted(report.duplicates, "frame")} that came again, dropped`)
    add("gaps", gapText(report))
    add("frames", `${count(report.frames)}, ${bytesPer(report.payloadBytes, report.frames)} each`)
    for (const outcome of report.faults) add("fault", faultText(outcome))
    add("payload", perReading(report.payloadBytes, received))
    add("on the wire", `${perReading(report.wireBytes, received)}, MQTT both ways`)
    add("as plain JSON", `${perReading(report.jsonBytes, received)}, ${ratio(report)}`)
    add("program", `${bytes(report.bytecodeBytes)} of bytecode`)
    const collected = report.heapAfterCollectionBytes
    add(
        "free heap, least",
        bytes(report.heapLowWaterBytes) +
            (collected === null ? "" : `, ${bytes(collected)} without garbage`)
    )
    if (report.board !== null) add("board", report.board)
    if (report.longestRunOpcodes !== null)
        add("longest run", `${count(report.longestRunOpcodes)} of 131,072 opcodes`)
    if (report.longestBlockMs !== null)
        add(
            "longest block",
            `${report.longestBlockMs} ms, after boot ${report.longestBlockMsAfterBoot} ms`
        )
    if (report.tickLossRisks !== null && report.tickLossRisks > 0)
        add("tick could be lost", verdictOfRisks(report, colors))
    add(
        "simulated",
        `${span(report.simulatedSeconds * 1000)} in ${report.wallSeconds.toFixed(1)} s: ` +
            `${times(report.simulatedSeconds / report.wallSeconds)} real time`
    )
    return table.toString()
}

/** All that did not arrive, and the reason where there is one; red where there is none. */
function lostText(report: SimReport, colors: Colors): string {
    const { readingsLost, readingsDropped, readingsLostToPower } = report
    const reasons = [
        ...(readingsDropped > 0 ? [`${count(readingsDropped)} dropped by a full outbox`] : []),
        ...(readingsLostToPower > 0
            ? [`about ${count(readingsLostToPower)} in RAM when the power went`]
            : []),
    ]
    const paint = !isComplete(report)
        ? colors.red
        : reasons.length > 0
          ? colors.yellow
          : colors.green
    if (reasons.length === 1 && readingsLost === 0) return paint(reasons[0])
    const about = readingsLostToPower > 0 ? "about " : ""
    const total = `${about}${count(readingsLost + readingsDropped + readingsLostToPower)}`
    return [paint(total), ...reasons].join("\n")
}

function verdictOfRisks(report: SimReport, colors: Colors): string {
    const [worst] = report.tickLossPlaces
    const times = `${counted(report.tickLossRisks ?? 0, "time")}, lost ${report.tickLosses ?? 0} of them`
    return colors.red(worst === undefined ? times : `${times}; most at\n${worst.place}`)
}

/** What is wrong with a run, one line each; empty when nothing is. */
export function problems(report: SimReport): string[] {
    const found: string[] = []
    if (report.readingsLost > 0)
        found.push(`${counted(report.readingsLost, "reading")} did not arrive`)
    if (report.readingsLostByBroker > 0)
        found.push(
            `${counted(report.readingsLostByBroker, "reading")} reached the broker, which did not deliver them`
        )
    if (report.silentNodes > 0)
        found.push(
            report.hasCommands
                ? `${counted(report.silentNodes, "node")} did not answer at the end; what they sampled is not known`
                : "the program takes no commands, so nodes cannot be asked at the end what they sampled: " +
                      "give startStation the option commands: remoteCommands"
        )
    if (report.malformed > 0)
        found.push(`the decoder refused ${counted(report.malformed, "message")}`)
    if (report.boardResets.length > 0)
        found.push(
            `boards reset themselves ${counted(report.boardResets.length, "time")}: ${[...new Set(report.boardResets)].join(", ")}`
        )
    return found
}

function gapText(report: SimReport): string {
    const reasons = Object.entries(report.gapsByReason).map(
        ([reason, n]) => `${reason} ${count(n)}`
    )
    return count(report.gaps) + (reasons.length > 0 ? ` (${reasons.join(", ")})` : "")
}

function faultText({ fault, reconnects, backAfterSeconds }: FaultOutcome): string {
    const back =
        backAfterSeconds === null ? "" : `, all back after ${count(Math.round(backAfterSeconds))} s`
    return `${fault}\n${counted(reconnects, "new connection")}${back}`
}

function perReading(total: number, readings: number): string {
    return `${bytes(total)}, ${bytesPer(total, readings)} per reading`
}

/** How much larger plain JSON is than the frames. */
function ratio(report: SimReport): string {
    return report.payloadBytes === 0 ? "" : times(report.jsonBytes / report.payloadBytes)
}
