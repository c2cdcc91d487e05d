/**
 * When a node counts as silent, and whom to tell: as OS2iot's alert manager of the City of Aarhus reads it from
 * the metadata of a device (itk-dev/os2iot_alert_manager): seconds, and texts.
 */
import { unixMsOf } from "../../sim/time/iso-time.js"
import { type KitNode } from "./kit.js"
import { secondsOf } from "./schema.js"

/** s */
export const DEFAULT_THRESHOLD_SECONDS = 86_400

/** Metadata of a device in OS2iot. */
export interface DeviceMetadata {
    readonly notification_threshold: number
    readonly email?: string
    readonly phone?: string
    readonly silenced_until?: string
}

export function thresholdSeconds({ notification }: Pick<KitNode, "notification">): number {
    const { threshold } = notification
    return threshold === undefined ? DEFAULT_THRESHOLD_SECONDS : secondsOf(threshold)
}

export function deviceMetadata(node: Pick<KitNode, "notification">): DeviceMetadata {
    const { email, phone, silenced_until } = node.notification
    return {
        notification_threshold: thresholdSeconds(node),
        ...(email === undefined ? {} : { email }),
        ...(phone === undefined ? {} : { phone }),
        ...(silenced_until === undefined ? {} : { silenced_until }),
    }
}

/** @param nowMs Unix time */
export function isSilenced(
    { notification }: Pick<KitNode, "notification">,
    nowMs: number
): boolean {
    const { silenced_until: until } = notification
    return until !== undefined && nowMs < (unixMsOf(until) ?? 0)
}
