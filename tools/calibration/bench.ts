/** A node beside a reference: on USB, or simulated. */
import { type NodeItems } from "../flash/usb/node-service.js"
import { NodeCalibration } from "./node-calibration.js"

export interface Bench {
    readonly node: NodeCalibration
    /** The board's id, 16 hex digits. */
    readonly device: string
    /** What people call it; default its id. */
    readonly name?: string
    /** Waits for what the node does. */
    during<T>(work: Promise<T>): Promise<T>
    sleep(ms: number): Promise<void>
    /** Unix time, ms. */
    nowMs(): number
    /** Simulated: brings the sensor to what the reference shows, in the channel's unit. */
    readonly bring?: (channel: string, value: number) => void
    close(): Promise<void>
}

/** One whose time is that of the clock on the wall. @param close ends the link to it */
export function realBench(service: NodeItems, device: string, close: () => Promise<void>): Bench {
    return {
        node: new NodeCalibration(service),
        device,
        during: work => work,
        sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
        nowMs: () => Date.now(),
        close,
    }
}
