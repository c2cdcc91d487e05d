import { settings } from "@devicescript/settings"
import { RecordStore } from "../calibration/calibrations.js"
import { isSettingsBound, readValue } from "./settings.js"

/**
 * Two slots for each of 16 channels; "cal0" … "cal31" take up to 208 B each. Those behind them hold what parts forget
 * (src/drivers/shared/procedures.ts).
 */
export const CALIBRATION_SLOTS = 32

/** What the role of the settings service does with its packets, see onlyWakeByAnnouncements. */
interface PacketTaker {
    _onPacket: unknown
}

/** Calibration records in the board's settings store. */
export class CalibrationSlots implements RecordStore {
    readonly slots = CALIBRATION_SLOTS
    private readonly takePacket = (settings as unknown as PacketTaker)._onPacket

    async read(slot: number): Promise<Buffer> {
        // After the settings were read at boot, the role only looks at announcements.
        const role = settings as unknown as PacketTaker
        const idle = role._onPacket
        role._onPacket = this.takePacket
        try {
            return (await isSettingsBound()) ? await readValue("cal" + slot) : undefined
        } finally {
            role._onPacket = idle
        }
    }

    async write(slot: number, bytes: Buffer): Promise<boolean> {
        await settings.set("cal" + slot, bytes)
        const kept = await this.read(slot)
        return kept !== undefined && kept.toString("hex") === bytes.toString("hex")
    }
}
