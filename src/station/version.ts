/** Version of the firmware, that of package.json (tests/budgets.test.ts). */
export const FIRMWARE_VERSION = "0.1.0"
