/** Watches a node that has just started: its first readings, then how it goes on. */
import { boardOn } from "../../../flash/usb/ask.js"
import { firstReadings, type FirstReadings } from "../../../flash/usb/first-readings.js"
import { NodeService } from "../../../flash/usb/node-service.js"
import { UsbLink, type BoardPort } from "../../../flash/usb/usb-link.js"
import { BoardError } from "../../../flash/board-access.js"
import { type NodeView } from "./node-view.js"

const MOST_LOG_LINES = 200
/** Between two looks once the first readings are there, ms. */
const LOOK_MS = 2000

/**
 * Ends when the signal says so, and when the node does not answer any more.
 *
 * @param onView told what there is, about once a second
 * @throws BoardError when it never answered, or is gone
 */
export async function watchNode(
    port: BoardPort,
    onView: (view: NodeView) => void,
    signal: AbortSignal
): Promise<void> {
    const lines: string[] = []
    const ended = new AbortController()
    signal.addEventListener("abort", () => ended.abort(signal.reason), { once: true })
    const link = await UsbLink.open(port, {
        onLine: line => {
            lines.push(line)
            if (lines.length > MOST_LOG_LINES) lines.shift()
        },
        onEnd: () => ended.abort(new BoardError("the board is gone and did not come back", "gone")),
    })
    const tell = (isOver: boolean, latest: FirstReadings) =>
        onView({ ...latest, isOver, log: [...lines] })
    try {
        const board = await boardOn(link, ended.signal)
        const service = new NodeService(link, board.device, ended.signal)
        let last = await firstReadings(link, board, service, {
            onLook: latest => tell(false, { ...latest, wifi: undefined }),
            signal: ended.signal,
        })
        for (;;) {
            tell(true, last)
            await pause(LOOK_MS, ended.signal)
            last = await firstReadings(link, board, service, { limitMs: 0, signal: ended.signal })
        }
    } catch (e) {
        if (!signal.aborted) throw e
    } finally {
        await link.close()
    }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
        const abort = () => {
            clearTimeout(timer)
            reject(signal.reason as Error)
        }
        const timer = setTimeout(() => {
            signal.removeEventListener("abort", abort)
            resolve()
        }, ms)
        signal.addEventListener("abort", abort, { once: true })
    })
}
