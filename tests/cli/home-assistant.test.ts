/** `suitcase listen --home-assistant` at real brokers, seen from Home Assistant's side. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import os from "node:os"
import path from "node:path"
import mqtt, { type MqttClient } from "mqtt"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { run } from "../../tools/cli/cli.js"
import { listen } from "../../tools/cli/commands/listen.js"
import { describeBrokers, type TestBroker } from "../support/brokers.js"
import {
    EPOCH,
    TICK_MS,
    clockText,
    frame,
    json,
    schemaBytes,
    statusText,
} from "../support/decoder-bench.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { FakeHomeAssistant } from "../support/home-assistant.js"

const CONFIG = "homeassistant/sensor/suitcase_town_n1_0b08_temperature/config"
const STATE = "suitcase-ha/town/n1/temperature"

describeBrokers(startBroker => {
    describe("listen --home-assistant", () => {
        let broker: TestBroker
        let node: MqttClient
        let home: MqttClient
        let listeners: (() => Promise<number>)[] = []
        /** Messages of the discovery topics and states as they come. */
        let seen: [string, string][] = []

        beforeEach(async () => {
            broker = await startBroker()
            node = await mqtt.connectAsync(broker.url)
            home = await mqtt.connectAsync(broker.url)
            seen = []
            home.on("message", (topic, payload) => seen.push([topic, payload.toString()]))
            await home.subscribeAsync(["homeassistant/+/+/config", "suitcase-ha/#"], { qos: 1 })
            await publish("schema", schemaBytes, true)
            await publish("status", statusText(), true)
            await publish("state", json({ v: 1, online: true, boot: 7 }), true)
            await publish("clock", clockText(), true)
        })
        afterEach(async () => {
            for (const end of listeners) await end()
            listeners = []
            await node.endAsync(true)
            await home.endAsync(true)
            await broker.stop()
        })

        async function publish(leaf: string, payload: string | Buffer, retain = false) {
            await node.publishAsync(`suitcase/town/n1/${leaf}`, payload, { qos: 1, retain })
        }

        async function start() {
            const terminal = fakeTerminal()
            const stop = new AbortController()
            const code = listen(
                { broker: broker.url, format: "csv", time: false, homeAssistant: true },
                terminal,
                stop.signal
            )
            await Promise.race([code, terminal.err.until(/Listening/)])
            const end = () => {
                stop.abort()
                return code
            }
            listeners.push(end)
            return { terminal, end }
        }

        const countOf = (topic: string) => seen.filter(([known]) => known === topic).length
        const newest = (topic: string) =>
            JSON.parse(seen.filter(([known]) => known === topic).at(-1)?.[1] ?? "null") as unknown

        /** What a Home Assistant that starts now finds. */
        async function retained(): Promise<Map<string, string>> {
            const found = new Map<string, string>()
            const client = await mqtt.connectAsync(broker.url)
            client.on("message", (topic, payload) => found.set(topic, payload.toString()))
            await client.subscribeAsync(["homeassistant/#", "suitcase-ha/#"], { qos: 1 })
            await client.publishAsync("suitcase-ha/end", "end", { qos: 1 })
            await expect.poll(() => found.has("suitcase-ha/end")).toBe(true)
            found.delete("suitcase-ha/end")
            await client.endAsync()
            return found
        }

        it("publishes retained configs and the newest states, and clears them with --ha-remove", async () => {
            const { end } = await start()
            await publish(
                "frame",
                frame(0, {
                    rows: [
                        [2137, 650],
                        [2150, undefined],
                    ],
                })
            )
            await expect
                .poll(() => newest(STATE))
                .toEqual({
                    value: 21.5,
                    time: new Date(EPOCH + 10_000).toISOString(),
                    quality: "ok",
                })
            await publish("frame", frame(1, { time: EPOCH / TICK_MS - 60 }))
            await publish("frame", frame(2, { time: EPOCH / TICK_MS + 60, rows: [[2200, 700]] }))
            await expect.poll(() => newest(STATE)).toMatchObject({ value: 22 })
            expect(countOf(STATE), "two frames with news").toBe(2)
            expect(await end()).toBe(0)

            const found = await retained()
            expect([...found.keys()].sort()).toEqual([
                "homeassistant/sensor/suitcase_town_n1_0b08_co2/config",
                CONFIG,
                "suitcase-ha/town/n1/co2",
                STATE,
            ])
            expect(JSON.parse(found.get(CONFIG) as string)).toMatchObject({
                device_class: "temperature",
                expire_after: 3600,
                device: { sw_version: "1.2.3" },
            })

            const lamp = "homeassistant/sensor/lamp/config"
            await node.publishAsync(lamp, '{"state_topic":"zigbee2mqtt/lamp"}', {
                retain: true,
                qos: 1,
            })
            const terminal = fakeTerminal()
            const words = ["listen", "--broker", broker.url, "--ha-remove"]
            expect(await run(words, terminal)).toBe(0)
            expect(terminal.out.text).toBe("removed 2 entities of 1 node from Home Assistant\n")
            expect([...(await retained()).keys()]).toEqual([lamp])
        })

        const ALARM_CONFIG = "homeassistant/binary_sensor/suitcase_town_n1_0b08_alarm_full/config"
        const ALARM_STATE = "suitcase-ha/town/n1/alarm.full"
        const alarmText = (on: boolean, count: number) =>
            json({
                ...{ v: 1, on, count, boot: 7, uptime: 1000 * count, epoch: EPOCH },
                ...{ channel: "temperature", value: -2137, limit: 2000 },
            })
        const alarmStates = () =>
            seen
                .filter(([topic]) => topic === ALARM_STATE)
                .map(([, text]) => (JSON.parse(text) as { state: string }).state)

        it("shows alarms on and off, not again those of a backlog, also started anew, and clears them", async () => {
            const first = await start()
            await publish("alarm/full", alarmText(true, 1), true)
            await expect
                .poll(() => newest(ALARM_STATE))
                .toEqual({
                    ...{ state: "ON", time: new Date(EPOCH + 1000).toISOString() },
                    ...{ channel: "temperature", value: -21.37, limit: 20, unit: "Cel" },
                    ...{ boot: 7, count: 1 },
                })
            expect(newest(ALARM_CONFIG)).toMatchObject({ device_class: "problem" })
            await first.terminal.err.until(/ALARM town\/n1 full since .*temperature -21\.37/)
            await publish("alarm/full", alarmText(false, 2), true)
            await expect.poll(alarmStates).toEqual(["ON", "OFF"])
            await first.end()
            const { terminal } = await start()
            // What a broker held back for this listener, or a bridge sends once more.
            await publish("alarm/full", alarmText(true, 1))
            await publish("frame", frame(0, { rows: [[2300, 1]] }))
            await terminal.out.until(/23\.00/)
            await expect.poll(() => newest(STATE)).toMatchObject({ value: 23 })
            await publish("alarm/full", alarmText(true, 3), true)
            await expect.poll(() => alarmStates().at(-1)).toBe("ON")
            expect(alarmStates().slice(2, -1), "since the listener came again").not.toContain("ON")
            for (const end of listeners.splice(0)) await end()
            expect((await retained()).get(ALARM_STATE)).toContain('"state":"ON"')

            const words = ["listen", "--broker", broker.url, "--ha-remove"]
            expect(await run(words, fakeTerminal())).toBe(0)
            expect([...(await retained()).keys()]).toEqual([])
        })

        it("publishes configs again when Home Assistant starts", async () => {
            await start()
            await expect.poll(() => JSON.stringify(newest(CONFIG))).toContain("sw_version")
            await expect
                .poll(() => countOf("homeassistant/sensor/suitcase_town_n1_0b08_co2/config"))
                .toBeGreaterThan(0)
            const before = countOf(CONFIG)
            await home.publishAsync("homeassistant/status", "online", { qos: 1 })
            await expect.poll(() => countOf(CONFIG)).toBe(before + 1)
        })

        it("started again, does not let a backlog jump back behind what is shown", async () => {
            const first = await start()
            await publish("frame", frame(5, { time: EPOCH / TICK_MS + 600, rows: [[2300, 1]] }))
            await expect.poll(() => newest(STATE)).toMatchObject({ value: 23 })
            await first.end()
            const { terminal } = await start()
            await publish("frame", frame(4, { rows: [[2000, 1]] }))
            await terminal.out.until(/20\.00/)
            await publish("frame", frame(6, { time: EPOCH / TICK_MS + 660, rows: [[2400, 1]] }))
            await expect.poll(() => newest(STATE)).toMatchObject({ value: 24 })
            const values = seen
                .filter(([topic]) => topic === STATE)
                .map(([, text]) => (JSON.parse(text) as { value: number }).value)
            expect(values).toEqual([23, 24])
        })

        it("fills the statistics of Home Assistant with hours that came late, from the listener's journal", async () => {
            const assistant = await FakeHomeAssistant.start()
            const folder = await mkdtemp(path.join(os.tmpdir(), "suitcase-ha-"))
            const token = path.join(folder, "token")
            await writeFile(token, `${assistant.token}\n`, { mode: 0o600 })
            assistant.sensors.push({
                entityId: "sensor.hall_temperature",
                uniqueId: "suitcase_town_n1_0b08_temperature",
                unit: "°C",
                unitClass: "temperature",
            })
            const terminal = fakeTerminal()
            const stop = new AbortController()
            const code = listen(
                {
                    ...{ broker: broker.url, time: false, homeAssistant: true },
                    ...{ out: [path.join(folder, "out")], state: path.join(folder, "state") },
                    ...{ haStatistics: assistant.url, haToken: token },
                },
                terminal,
                stop.signal
            )
            try {
                await Promise.race([code, terminal.err.until(/Listening/)])
                await publish(
                    "frame",
                    frame(0, {
                        rows: [
                            [-2137, 650],
                            [-1137, 1],
                        ],
                    })
                )
                await expect
                    .poll(() => assistant.rows("sensor.hall_temperature"), { timeout: 60_000 })
                    .toEqual({
                        [new Date(EPOCH).toISOString()]: { mean: -16.37, min: -21.37, max: -11.37 },
                    })
                stop.abort()
                expect(await code, terminal.err.text).toBe(0)
            } finally {
                await assistant.close()
                await rm(folder, { recursive: true, force: true })
            }
        })

        it.each([
            [["--ha-statistics", "http://ha:8123"], /needs --home-assistant/],
            [["--home-assistant", "--ha-token", "t"], /--ha-token is for --ha-statistics/],
            [["--home-assistant", "--ha-statistics", "http://u:p@ha"], /without a user or token/],
            [["--home-assistant", "--ha-statistics", "ha:8123"], /needs a token: --ha-token FILE/],
        ])("refuses %j", async (words, problem) => {
            const terminal = fakeTerminal()
            expect(await run(["listen", "--broker", broker.url, ...words], terminal)).toBe(2)
            expect(terminal.err.text).toMatch(problem)
        })

        it("refuses a token that Home Assistant does not know, and says where one is made", async () => {
            const assistant = await FakeHomeAssistant.start()
            const folder = await mkdtemp(path.join(os.tmpdir(), "suitcase-ha-"))
            const token = path.join(folder, "token")
            await writeFile(token, "another", { mode: 0o600 })
            const terminal = fakeTerminal()
            const words = ["listen", "--broker", broker.url, "--home-assistant"]
            const home = ["--ha-statistics", assistant.url, "--ha-token", token]
            expect(await run([...words, ...home], terminal)).toBe(2)
            expect(terminal.err.text).toMatch(/does not know the token; make one in Home Assistant/)
            expect(terminal.err.text).not.toContain("another\n")
            await assistant.close()
            await rm(folder, { recursive: true, force: true })
        })

        it("with nothing there, --ha-remove says so", async () => {
            const terminal = fakeTerminal()
            const words = ["listen", "--broker", broker.url, "--ha-remove"]
            expect(await run(words, terminal)).toBe(0)
            expect(terminal.out.text).toMatch(/^nothing of Home Assistant's to remove/)
        })
    })
})
