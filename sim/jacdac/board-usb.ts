/** The USB port of a simulated board: what a cable between it and a host carries. */
import { type SimNode } from "../world/node.js"
import {
    FLAG_COMMAND,
    FLAG_IDENTIFIER_IS_SERVICE_CLASS,
    decodeJacdacFrame,
    type JacdacFrame,
} from "./frame.js"
import {
    ENABLE_LOG,
    ENABLE_PACKETS,
    FRAME_GAP_MARK,
    SRV_USB_BRIDGE,
    UsbReader,
    bridgeFrame,
    frameOnUsb,
    textOnUsb,
} from "./usb-framing.js"

/** Commands of the bridge that end what an odd one begins. */
const DISABLE_PACKETS = ENABLE_PACKETS - 1
const DISABLE_LOG = ENABLE_LOG - 1
/** The runtime's answer to anything else. */
const NOT_UNDERSTOOD = 0xff

export class BoardUsb {
    private sendsFrames = false
    private sendsLog = false
    private logged = 0
    private readonly reader = new UsbReader({ onFrame: frame => this.received(frame) })

    /** @param send takes what the board sends */
    constructor(
        private readonly node: SimNode,
        private readonly send: (bytes: Uint8Array) => void
    ) {
        node.onFrame = frame => {
            if (this.sendsFrames) this.send(frameOnUsb(frame))
            this.sendLog()
        }
    }

    /** Bytes from the host. */
    feed(bytes: Uint8Array): void {
        this.reader.read(bytes)
    }

    /** Says that frames were dropped, as a board does whose host reads too slowly. */
    dropped(): void {
        this.send(FRAME_GAP_MARK)
    }

    private received(bytes: Uint8Array): void {
        const frame = decodeJacdacFrame(bytes)
        if (frame === undefined) return
        const { packets } = frame
        if (isForBridge(frame)) for (const { command } of packets) this.bridge(command)
        else this.node.receiveFrame(bytes)
    }

    private bridge(command: number): void {
        const isKnown = [ENABLE_PACKETS, DISABLE_PACKETS, ENABLE_LOG, DISABLE_LOG].includes(command)
        if (command === ENABLE_PACKETS || command === DISABLE_PACKETS)
            this.sendsFrames = command === ENABLE_PACKETS
        if (command === ENABLE_LOG || command === DISABLE_LOG)
            this.sendsLog = command === ENABLE_LOG
        this.send(frameOnUsb(bridgeFrame(isKnown ? command : NOT_UNDERSTOOD)))
    }

    private sendLog(): void {
        const { log } = this.node
        if (this.sendsLog)
            for (const { text } of log.slice(this.logged))
                this.send(textOnUsb(Buffer.from(`${text}\n`)))
        this.logged = log.length
    }
}

function isForBridge({ flags, deviceId }: JacdacFrame): boolean {
    return (
        (flags & FLAG_COMMAND) !== 0 &&
        (flags & FLAG_IDENTIFIER_IS_SERVICE_CLASS) !== 0 &&
        Buffer.from(deviceId, "hex").readUInt32LE() === SRV_USB_BRIDGE
    )
}
