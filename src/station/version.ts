/** Version of the firmware, that of package.json (tests/on-the-vm/budgets.test.ts). */
export const FIRMWARE_VERSION = "0.1.0"
