/** Questions to devices on a board's bus, and what devices say of themselves. */
import { type FrameLink } from "../../../sim/jacdac/frame-link.js"
import {
    FLAG_COMMAND,
    decodeJacdacFrame,
    encodeJacdacFrame,
    type JacdacFrame,
} from "../../../sim/jacdac/frame.js"
import { BoardError } from "../board-access.js"

/** Jacdac service class of what holds a board's program (services "DeviceScript Manager"). */
export const SRV_MANAGER = 0x1134ea2b
const CONTROL_SERVICE = 0
const ANNOUNCE = 0
/** Before the classes in an announcement. */
const ANNOUNCEMENT_HEAD_BYTES = 4
/** A board announces itself every half second. */
const ANNOUNCED_MS = 5000
/** A question that got no answer is asked again, ms. */
const AGAIN_MS = 250

/** The board at the other end of a cable. */
export interface FoundBoard {
    /** 16 hex digits. */
    readonly device: string
    /** Service classes by index, from 1 on; 0 is the control service. */
    readonly services: readonly number[]
}

export interface Question {
    /** 16 hex digits. */
    readonly device: string
    readonly serviceIndex: number
    readonly command: number
    readonly data: Uint8Array
    /** Tells the answer from those to other questions. */
    readonly isAnswer?: (data: Uint8Array) => boolean
    /** Longest wait, ms. */
    readonly limitMs: number
    /** Said when there is no answer. */
    readonly refusal: string
    /** Ends the wait with its reason. */
    readonly signal?: AbortSignal
}

/**
 * Asks again and again until the answer comes: for what changes nothing.
 *
 * @returns the data of the report
 * @throws BoardError when none comes; the signal's reason
 */
export async function ask(link: FrameLink, question: Question): Promise<Uint8Array> {
    const { device, serviceIndex, command, data, isAnswer = () => true } = question
    const frame = encodeJacdacFrame(device, FLAG_COMMAND, [{ serviceIndex, command, data }])
    const put = () => link.sendFrame(frame)
    return hear(link, question, put, report => {
        if (report.deviceId !== device) return undefined
        return report.packets.find(
            packet =>
                packet.serviceIndex === serviceIndex &&
                packet.command === command &&
                isAnswer(packet.data)
        )?.data
    })
}

/**
 * The board itself: the device with a DeviceScript manager, among those on its bus.
 *
 * @throws BoardError when none announces itself
 */
export async function boardOn(link: FrameLink, signal?: AbortSignal): Promise<FoundBoard> {
    const wait = {
        limitMs: ANNOUNCED_MS,
        refusal: "the board on this port does not announce itself; unplug it and plug it in again",
        ...(signal === undefined ? {} : { signal }),
    }
    return hear(
        link,
        wait,
        () => undefined,
        ({ deviceId, packets }) => {
            const announced = packets.find(
                packet => packet.serviceIndex === CONTROL_SERVICE && packet.command === ANNOUNCE
            )
            const services = announced === undefined ? [] : servicesIn(announced.data)
            return services.includes(SRV_MANAGER) ? { device: deviceId, services } : undefined
        }
    )
}

function servicesIn(announcement: Uint8Array): number[] {
    const view = viewOf(announcement)
    const services = [CONTROL_SERVICE]
    for (let at = ANNOUNCEMENT_HEAD_BYTES; at + 4 <= announcement.length; at += 4)
        services.push(view.getUint32(at, true))
    return services
}

export function viewOf(bytes: Uint8Array): DataView {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** @param take gives what is waited for out of a report, or undefined */
async function hear<T>(
    link: FrameLink,
    { limitMs, refusal, signal }: Pick<Question, "limitMs" | "refusal" | "signal">,
    put: () => void,
    take: (report: JacdacFrame) => T | undefined
): Promise<T> {
    let end = (): void => undefined
    try {
        return await new Promise<T>((resolve, reject) => {
            const stop = link.onFrame(bytes => {
                const frame = decodeJacdacFrame(bytes)
                if (frame === undefined || (frame.flags & FLAG_COMMAND) !== 0) return
                const found = take(frame)
                if (found !== undefined) resolve(found)
            })
            const again = setInterval(put, AGAIN_MS)
            const limit = setTimeout(() => reject(new BoardError(refusal)), limitMs)
            const abort = () => reject(signal?.reason as Error)
            signal?.addEventListener("abort", abort)
            end = () => {
                stop()
                clearInterval(again)
                clearTimeout(limit)
                signal?.removeEventListener("abort", abort)
            }
            if (signal?.aborted === true) abort()
            else put()
        })
    } finally {
        end()
    }
}
