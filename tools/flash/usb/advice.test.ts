/** What is said about a sensor without a reading, and how far a node got. */
import { describe, expect, it } from "vitest"
import { QUALITY_ABSENT, QUALITY_NOT_READY, QUALITY_OK } from "../../../src/core/quality.js"
import { reachAdvice, sensorAdvice, type Language } from "./advice.js"
import {
    hasReadings,
    isStarting,
    usualWaitMs,
    withReadings,
    type FirstReadings,
    type SensorReadings,
} from "./first-readings.js"
import { type LiveReading } from "./node-service.js"

const LANGUAGES: readonly Language[] = ["en", "da"]

const reading = (quality: number, value?: number, ageMs: number | undefined = 10) =>
    ({ channel: { name: "x" }, quality, value, ageMs }) as LiveReading
const sensor = (address: number, ...readings: LiveReading[]) =>
    ({ part: "Maker X", address, channels: readings.length, readings }) as unknown as SensorReadings

describe.each(LANGUAGES)("advice in %s", language => {
    it("names the address of a part on the bus, and none for one on a pin", () => {
        expect(sensorAdvice(sensor(0x44, reading(QUALITY_ABSENT)), language)).toMatch(
            / (at address|på adresse) 0x44: /
        )
        expect(sensorAdvice(sensor(0, reading(QUALITY_ABSENT)), language)).not.toMatch(
            /ADDRESS|0x00/
        )
    })

    it("is there for each reason of a gap, without a placeholder left, and only for gaps", () => {
        for (let quality = 8; quality < 16; quality++) {
            const text = sensorAdvice(sensor(0x62, reading(quality)), language)
            expect(text, `quality ${quality}`).toMatch(/^[a-zæøå]/)
            expect(text).not.toContain("ADDRESS")
        }
        expect(sensorAdvice(sensor(0x62, reading(QUALITY_OK, 0)), language)).toBeUndefined()
    })

    it("tells Wi-Fi and broker apart", () => {
        const at = (isBrokerReached: boolean, isJoined?: boolean) =>
            ({
                state: { isBrokerReached, problem: "Timeout" },
                wifi: isJoined === undefined ? undefined : { isJoined, ssid: "town" },
            }) as FirstReadings
        expect(reachAdvice(at(true), language)).toBeUndefined()
        expect(reachAdvice(at(false, false), language)).toMatch(/Wi-Fi.*2[.,]4 GHz.*\(Timeout\)$/)
        expect(reachAdvice(at(false, true), language)).toMatch(/broker.*\(Timeout\)$/)
        expect(reachAdvice(at(false), language)).toMatch(/broker/)
    })
})

describe("first readings", () => {
    it("gives each sensor the columns that are its own, the first of several of a channel", () => {
        const live = Array.from({ length: 12 }, (_, i) => reading(QUALITY_OK, i))
        const states = [{ channels: 2 }, { channels: 1 }].map(state => ({ ...sensor(1), ...state }))
        const [first, second] = withReadings(states, live)
        expect(first.readings.map(({ value }) => value)).toEqual([0, 4])
        expect(second.readings.map(({ value }) => value)).toEqual([8])
        expect(withReadings([], live)).toEqual([])
    })

    it("go by the part where rows have only some of the channels, or columns of their own", () => {
        const of = (part: string, value: number) => {
            const one = reading(QUALITY_OK, value)
            return { ...one, channel: { ...one.channel, part } }
        }
        const state = (part: string, channels: number) => ({ ...sensor(1), part, channels })
        const states = [state("bus", 3), state("hint", 0), state("air", 2), state("air", 2)]
        const found = withReadings(states, [of("bus", 1), of("air", 2), of("air", 3)])
        expect(
            found.map(({ part, readings }) => [part, ...readings.map(({ value }) => value)])
        ).toEqual([
            ["bus", 1],
            ["air", 2],
            ["air", 3],
        ])
    })

    it("take a sensor for one that gives them only with a value on each channel", () => {
        const good = reading(QUALITY_OK, -1)
        expect(hasReadings(sensor(1, good))).toBe(true)
        expect(hasReadings(sensor(1, good, reading(QUALITY_NOT_READY)))).toBe(false)
        expect(isStarting(sensor(1, good, reading(QUALITY_NOT_READY)))).toBe(true)
        expect(isStarting(sensor(1, reading(QUALITY_ABSENT)))).toBe(false)
    })

    it("are waited for over two rows, within limits", () => {
        expect(usualWaitMs(0)).toBe(45_000)
        expect(usualWaitMs(60)).toBe(80_000)
        expect(usualWaitMs(86_400)).toBe(200_000)
    })
})
