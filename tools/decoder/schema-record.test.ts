/** Which calibration each column of a schema record was corrected by. */
import { expect, it } from "vitest"
import { parseSchema } from "./schema-record.js"

const column = (name: string, quantity = name) => ({
    ...{ name, quantity, unit: "1", unitCode: "C62", scale: [1, 1] },
    ...{ min: 0, max: 9, part: "Test" },
})

function calibrationsOf(columns: readonly object[], calibrations?: unknown): number[] {
    const record = { v: 1, app: "x", tick: 1000, channels: columns, calibrations }
    const schema = parseSchema(Buffer.from(JSON.stringify(record)))
    return schema.channels.map(({ calibration }) => calibration)
}

it("a column has the calibration of the channel that it is, or that it is the statistics of", () => {
    const names = ["co2", "co2_min", "co2_max", "co2_deviation", "co2_raw", "co2_alarm", "t_min"]
    const columns = names.map(name => column(name))
    expect(calibrationsOf(columns, { co2: 7, t: 8 })).toEqual([7, 7, 7, 7, 0, 0, 0])
    expect(calibrationsOf(columns, { co2: 7, co2_min: 9 })[1]).toBe(9)
    expect(calibrationsOf(columns)).toEqual([0, 0, 0, 0, 0, 0, 0])
})

it("the levels of an interval have the calibration of the sound level, which has no column", () => {
    const columns = [column("laeq", "soundLevel"), column("lamax", "soundLevel"), column("co2")]
    expect(calibrationsOf(columns, { sound_level: 5, co2: 6 })).toEqual([5, 5, 6])
    expect(calibrationsOf(columns, { co2: 6 })).toEqual([0, 0, 6])
})

it.each([[[1, 2]], ["co2"], [{ co2: 0 }], [{ co2: 1.5 }], [{ co2: 4_294_967_296 }], [null]])(
    "is refused with calibrations %j",
    calibrations => {
        expect(() => calibrationsOf([column("co2")], calibrations)).toThrow(/calibrations/)
    }
)
