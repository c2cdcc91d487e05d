/**
 * Jacdac frames and log text on the one line that a board has over USB (microsoft/jacdac-c,
 * source/jd_usb.c; jacdac services "USB Bridge"). 0xFE quotes: `FE FC` frame `FE FD`, `FE F8` for 0xFE
 * itself; `FE FB` and `FE FA` say that frames or text were dropped. All else is log text.
 */

import { FLAG_COMMAND, FLAG_IDENTIFIER_IS_SERVICE_CLASS, encodeJacdacFrame } from "./frame.js"

const MAGIC = 0xfe
const LITERAL_MAGIC = 0xf8
const RESERVED = 0xf9
const TEXT_GAP = 0xfa
const FRAME_GAP = 0xfb
const FRAME_START = 0xfc
const FRAME_END = 0xfd
/** Longest frame of Jacdac, B. */
const MAX_FRAME_BYTES = 252

/** Service of the board's end of the line. */
export const SRV_USB_BRIDGE = 0x18f61a4a
/** Device id of frames to it wherever it is: the class, then a mark. */
const BRIDGE_ADDRESS = "4a1af618aaaaaaaa"
export const ENABLE_PACKETS = 0x81
export const ENABLE_LOG = 0x83
/** Index of the service in frames to all that have it. */
export const BROADCAST_SERVICE = 0x3d

/** A frame as it goes over the line. */
export function frameOnUsb(frame: Uint8Array): Uint8Array {
    return Uint8Array.from([MAGIC, FRAME_START, ...quoted(frame), MAGIC, FRAME_END])
}

/** Log text as it goes over the line. */
export function textOnUsb(text: Uint8Array): Uint8Array {
    return Uint8Array.from(quoted(text))
}

/** What a board says when it had to drop frames. */
export const FRAME_GAP_MARK = Uint8Array.of(MAGIC, FRAME_GAP)

function quoted(bytes: Uint8Array): number[] {
    const all: number[] = []
    for (const byte of bytes)
        if (byte === MAGIC) all.push(MAGIC, LITERAL_MAGIC)
        else all.push(byte)
    return all
}

export interface UsbEvents {
    /** A whole frame; its checksum is not looked at. */
    readonly onFrame: (frame: Uint8Array) => void
    /** Log text, as it comes. */
    readonly onText?: (text: Uint8Array) => void
    /** Something was lost on the board, or arrived damaged. */
    readonly onGap?: (what: "frames" | "text" | "damaged frame") => void
}

/** Takes frames and text apart, whatever pieces they come in. */
export class UsbReader {
    private isQuoted = false
    /** Bytes of the frame that is being received. */
    private frame: number[] | undefined
    private text: number[] = []

    constructor(private readonly events: UsbEvents) {}

    read(bytes: Uint8Array): void {
        for (const byte of bytes) this.readByte(byte)
        if (this.text.length === 0) return
        const text = Uint8Array.from(this.text)
        this.text = []
        this.events.onText?.(text)
    }

    private readByte(byte: number): void {
        if (!this.isQuoted && byte === MAGIC) {
            this.isQuoted = true
            return
        }
        if (!this.isQuoted) {
            this.take(byte)
            return
        }
        this.isQuoted = false
        switch (byte) {
            case LITERAL_MAGIC:
                this.take(MAGIC)
                return
            case FRAME_START:
                if (this.frame !== undefined) this.damaged()
                this.frame = []
                return
            case FRAME_END:
                // A board that panics ends the frame that it was sending.
                if (this.frame !== undefined && this.frame.length > 0)
                    this.events.onFrame(Uint8Array.from(this.frame))
                this.frame = undefined
                return
            case FRAME_GAP:
                this.events.onGap?.("frames")
                return
            case TEXT_GAP:
                this.events.onGap?.("text")
                return
            case RESERVED:
                return
            default:
                if (this.frame !== undefined) this.damaged()
                this.take(byte)
        }
    }

    private take(byte: number): void {
        if (this.frame === undefined) this.text.push(byte)
        else if (this.frame.length < MAX_FRAME_BYTES) this.frame.push(byte)
        else this.damaged()
    }

    private damaged(): void {
        this.frame = undefined
        this.events.onGap?.("damaged frame")
    }
}

/** A frame to the board's end of the line, or from it. */
export function bridgeFrame(command: number): Uint8Array {
    return encodeJacdacFrame(BRIDGE_ADDRESS, FLAG_COMMAND | FLAG_IDENTIFIER_IS_SERVICE_CLASS, [
        { serviceIndex: BROADCAST_SERVICE, command, data: new Uint8Array(0) },
    ])
}
