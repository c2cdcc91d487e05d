/**
 * The node's own service over USB (services/suitcase.md), asked by the host's client and in ways that no client
 * would. `npm test` sends 500 hostile packets, SUITCASE_TESTS=whole the 10,000 of the long form.
 */
import { afterEach, describe, expect, it } from "vitest"
import { NodeLink } from "../../sim/jacdac/node-link.js"
import { FLAG_COMMAND, decodeJacdacFrame, encodeJacdacFrame } from "../../sim/jacdac/frame.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { SeededRandom } from "../../sim/time/random.js"
import {
    EXCHANGE,
    NODE_SERVICE_CLASS,
    NODE_SERVICE_INDEX,
} from "../../src/core/protocol/node-service.js"
import { QUALITY_ABSENT, QUALITY_WARMING_UP } from "../../src/core/quality.js"
import {
    NodeService,
    NodeServiceError,
    programDeviceOf,
} from "../../tools/flash/usb/node-service.js"
import { IS_WHOLE } from "../runner/whole.js"
import { Kit } from "../support/kit.js"

const HOSTILE_PACKETS = IS_WHOLE ? 10_000 : 500
const BURST = 20

let kits: Kit[] = []
afterEach(async () => {
    for (const kit of kits) await kit.close()
    kits = []
})

async function start() {
    const kit = await Kit.start({ seed: 7 })
    kits.push(kit)
    const link = new NodeLink(kit.world, kit.node)
    const service = new NodeService(link, kit.node.deviceId)
    const programDevice = programDeviceOf(kit.node.deviceId)
    /** Data of all reports of the program's device, by service index. */
    const reports: { serviceIndex: number; command: number; data: Uint8Array }[] = []
    link.onFrame(bytes => {
        const frame = decodeJacdacFrame(bytes)
        if (frame?.deviceId === programDevice && (frame.flags & FLAG_COMMAND) === 0)
            reports.push(...frame.packets)
    })
    const send = (serviceIndex: number, command: number, data: Iterable<number>) => {
        const packet = { serviceIndex, command, data: Uint8Array.from(data) }
        link.sendFrame(encodeJacdacFrame(programDevice, FLAG_COMMAND, [packet]))
    }
    return { kit, link, service, reports, send }
}

describe("the node's service over USB", () => {
    it("says who the node is, what it measures and how it fares", async () => {
        const { kit, link, service } = await start()
        await kit.world.run(seconds(70))
        const { deviceId } = kit.node
        expect(await link.during(service.identity())).toEqual({
            device: deviceId,
            node: deviceId,
            site: "demo",
            board: "DeviceScript Simulator (WASM)",
            app: "indoor-climate",
            version: "0.1.0",
            schema: expect.any(Number) as number,
            columns: 4,
            sensors: 3,
        })
        const live = await link.during(service.readings())
        expect(live.map(({ channel, quality }) => [channel.name, channel.unit, quality])).toEqual([
            ["temperature", "Cel", 0],
            ["humidity", "%RH", 0],
            ["co2", "ppm", QUALITY_WARMING_UP],
            ["illuminance", "lx", 0],
        ])
        await kit.flush()
        for (const { channel, value, ageMs } of live) {
            const sent = kit.readings.filter(reading => reading.channel === channel.name)
            expect(
                sent.map(reading => reading.value),
                channel.name
            ).toContain(value)
            expect(ageMs, "ms").toBeGreaterThan(9000)
            expect(ageMs, "ms").toBeLessThan(12_000)
        }
        const sensors = await link.during(service.sensors())
        expect(sensors.map(({ part, address, channels }) => [part, address, channels])).toEqual([
            ["Sensirion SHT4x", 0x44, 2],
            ["Sensirion SCD4x", 0x62, 1],
            ["ROHM BH1750", 0x23, 1],
        ])
        expect(await link.during(service.state())).toMatchObject({
            isBrokerReached: true,
            problem: "",
            fields: { app: "indoor-climate", intervalSeconds: 60, settings: "none" },
        })
        expect(await link.during(service.counts())).toMatchObject({ rows: 2, readings: 7, gaps: 1 })
        expect(await link.during(service.settings())).toEqual({
            health: "none",
            host: "mqtt.local",
            port: 1883,
            tls: false,
            form: "binary",
            user: "",
            password: false,
            seal: false,
        })
    })

    it("tells a sensor that is gone, and says why no broker is reached", async () => {
        const { kit, link, service } = await start()
        kit.sensors.sht4x.faults.unplugged = true
        kit.world.network.defaultEndpoint = undefined
        await kit.world.run(seconds(90))
        const [temperature] = await link.during(service.readings())
        expect(temperature).toMatchObject({ value: undefined, quality: QUALITY_ABSENT })
        const [sht4x] = await link.during(service.sensors())
        expect(sht4x.errors).toBeGreaterThan(0)
        expect(sht4x.lastError).not.toBe("")
        const { isBrokerReached, problem } = await link.during(service.state())
        expect(isBrokerReached).toBe(false)
        expect(problem).not.toBe("")
    })

    it("announces itself when it is asked to, and otherwise says nothing", async () => {
        const { kit, reports, send } = await start()
        await kit.world.run(minutes(3))
        expect(reports).toEqual([])
        send(0, 0, [])
        await kit.world.run(seconds(1))
        expect(reports).toHaveLength(1)
        const announcement = Buffer.from(reports[0].data)
        expect(announcement.readUInt32LE(4)).toBe(NODE_SERVICE_CLASS)
    })

    it("gives every request a status, an empty one too", async () => {
        const { kit, reports, send } = await start()
        await kit.world.run(seconds(10))
        const answerTo = async (...request: number[]) => {
            reports.length = 0
            send(NODE_SERVICE_INDEX, EXCHANGE, request)
            await kit.world.run(200)
            return reports.map(({ data }) => Buffer.from(data).toString("hex"))
        }
        expect(await answerTo()).toEqual(["0000010000"])
        expect(await answerTo(0x40)).toEqual(["4000010000"])
        expect(await answerTo(0xff, 7, 8, 9), "a part, of nothing").toEqual(["ff07030900"])
        expect(await answerTo(0x02, 1, 3), "the fourth of three pieces").toEqual(["0201020000"])
        expect(await answerTo(0x03, 2, 1)).toEqual(["0302020000"])
        expect(await answerTo(0x04, 3, 5)).toEqual(["0403020000"])
        expect(await answerTo(0x02, 4, 0, 1), "part 1 before part 0").toEqual(["0204030100"])
        expect((await answerTo(0x02, 5, 1, 0))[0]).toMatch(/^0205000002/)
        expect(await answerTo(0x01, 6, 0, 1), "of another item").toEqual(["0106030100"])
        expect((await answerTo(0x02, 7, 1, 0, ...Buffer.alloc(230, 0xfe)))[0]).toMatch(
            /^0207000002/
        )
        expect((await answerTo(0x02, 8, 1, 1))[0], "the second part").toMatch(/^0208000102/)
        expect(await answerTo(0x02, 9, 1, 1), "it is not kept after its end").toEqual([
            "0209030100",
        ])
    })

    it("is a status and no crash for a client whose node has no such operation", async () => {
        const { kit, link, service } = await start()
        await kit.world.run(seconds(10))
        await expect(link.during(service.item(0x7f, 0))).rejects.toThrow(NodeServiceError)
        await expect(link.during(service.item(0x7f, 0))).rejects.toThrow(
            "the node refused operation 0x7f: its program does not have it"
        )
    })

    it(`is neither stopped nor changed by ${HOSTILE_PACKETS} packets of any kind`, async () => {
        const [{ kit: calm }, { kit, link, service, send }] = [await start(), await start()]
        const random = new SeededRandom(3)
        const below = (limit: number) => Math.floor(random.float() * limit)
        for (let i = 0; i < HOSTILE_PACKETS; i++) {
            const data = Array.from({ length: below(4) === 0 ? below(237) : below(7) }, () =>
                below(3) === 0 ? below(256) : below(6)
            )
            const isExchange = below(4) > 0
            send(
                isExchange ? NODE_SERVICE_INDEX : below(8),
                isExchange ? EXCHANGE : below(0x10000),
                data
            )
            if (i % BURST === 0) await kit.world.run(below(2 * BURST * 40))
        }
        await kit.world.run(minutes(2))
        await calm.world.run((kit.world.clock.now - calm.world.clock.now) / 1000)
        const identity = await link.during(service.identity())
        expect(identity.app).toBe("indoor-climate")
        await kit.flush()
        await calm.flush()
        const rows = (of: Kit) =>
            of.readings.map(({ channel, value, time: at }) => `${at} ${channel} ${value ?? "gap"}`)
        expect(rows(kit).length).toBeGreaterThan(8)
        expect(rows(kit)).toEqual(rows(calm))
        expect(
            kit.node.console.map(({ text }) => text).filter(text => /restart|panic/i.test(text))
        ).toEqual([])
    })
})
