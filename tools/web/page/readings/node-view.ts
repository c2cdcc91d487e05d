/** What a running node says of itself over its USB connector, as the page shows it. */
import { type FirstReadings } from "../../../flash/usb/first-readings.js"

export interface NodeView extends FirstReadings {
    /** Nothing more is waited for: all has come, or the time for it is over. */
    readonly isOver: boolean
    /** What it wrote to its log lately, the oldest first. */
    readonly log: readonly string[]
}
