import { describe, expect, it } from "vitest"
import { BoardBench, type BenchOptions, type BoardName } from "../../tests/support/board-bench.js"
import { accessPoint } from "../net/air.js"
import { minutes, seconds } from "../time/duration.js"

/** Tells what the Wi-Fi service does, and sends it "reconnect" after the ms in the device id. */
const PROGRAM = `
import * as ds from "@devicescript/core"
const id = Buffer.from(ds.deviceIdentifier("self"), "hex")
const wifi = new ds.Wifi()
wifi.gotIp.subscribe(async () => { console.log("got " + ds.millis()) })
wifi.lostIp.subscribe(async () => { console.log("lost " + ds.millis()) })
async function reconnect() {
    await ds.sleep(id[0] * 1000)
    console.log("reconnect " + ds.millis())
    await wifi.reconnect()
}
if (id[0] !== 0) reconnect.start()
const d = ds as any
for (;;) {
    await ds.sleep(1000)
    try { d._socketOpen("", 0) } catch (e) {
        const isThere = (e as any).message === "host or port invalid"
        console.log((isThere ? "there " : "away ") + ds.millis() + " rssi " + (await wifi.reading.read()))
    }
}
`

function wifi(board: BoardName, reconnectSeconds = 0, options: BenchOptions = {}): BoardBench {
    const deviceId = Buffer.from([reconnectSeconds, 0, 0, 0, 0, 0, 0, 1]).toString("hex")
    return new BoardBench(board, PROGRAM, { ...options, node: { deviceId } })
}

/** Whether the last lines say that sockets can be opened. */
const isThere = (bench: BoardBench) =>
    bench.lines
        .filter(line => /^(there|away) /.test(line))
        .at(-1)
        ?.startsWith("there")

const last = (bench: BoardBench, word: string) => bench.numbers(word).at(-1) ?? 0

describe("the Wi-Fi of a board", () => {
    for (const board of ["c3", "picoW"] as const)
        it(`is scanned for after 2 s, then joined: ${board}`, async () => {
            const bench = await wifi(board).run(seconds(12))
            expect(bench.numbers("got").length).toBe(1)
            expect(bench.numbers("got")[0]).toBeGreaterThan(5000)
            expect(bench.numbers("got")[0]).toBeLessThan(9000)
            expect(isThere(bench)).toBe(true)
            expect(bench.board.wifi.joins).toBe(1)
        })

    it("is not joined when a scan does not hear it, and found within a scan's time when it comes", async () => {
        const bench = wifi("c3")
        const [point] = bench.node.link.air
        point.isUp = false
        await bench.run(seconds(60))
        expect(bench.board.wifi.joins).toBe(0)
        point.isUp = true
        await bench.run(seconds(20))
        expect(isThere(bench)).toBe(true)
    })

    it("with a wrong password, is tried forever without a pause by an ESP32, once by a Pico W", async () => {
        const options = { wifi: { ssid: "suitcase", password: "wrong" } }
        const esp = await wifi("c3", 0, options).run(minutes(1))
        expect(esp.board.wifi.joins).toBeGreaterThan(15)
        const pico = await wifi("picoW", 0, options).run(minutes(10))
        expect(pico.board.wifi.joins).toBe(1)
        expect([isThere(esp), isThere(pico)]).toEqual([false, false])
    })

    it("is never joined by an ESP32 when its name has 32 B", async () => {
        for (const [length, is] of [
            [31, true],
            [32, false],
        ] as const) {
            const ssid = "n".repeat(length)
            const bench = wifi("c3", 0, { wifi: { ssid, password: "p" } })
            bench.node.link.air.push(accessPoint({ ssid, password: "p" }))
            await bench.run(seconds(30))
            expect(isThere(bench), `${length} B`).toBe(is)
        }
    })

    it("is joined at the first access point of its name in the order of channels, not the strongest", async () => {
        const bench = wifi("c3")
        const [strong] = bench.node.link.air
        const weak = accessPoint({ channel: 1, rssi: -88, bssid: Uint8Array.of(2, 0, 0, 0, 0, 9) })
        bench.node.link.air.push(weak)
        await bench.run(seconds(12))
        expect(bench.board.wifi.joined).toBe(weak)
        expect(strong.rssi).toBeGreaterThan(weak.rssi)
        expect(bench.lines.at(-1)).toMatch(/rssi -88$/)
    })

    it("that goes off for a minute comes back on an ESP32, and never on a Pico W", async () => {
        for (const [board, comesBack] of [
            ["c3", true],
            ["picoW", false],
        ] as const) {
            const bench = await wifi(board).run(seconds(12))
            const [point] = bench.node.link.air
            point.isUp = false
            bench.board.wifi.notice()
            await bench.run(seconds(60))
            expect(isThere(bench)).toBe(false)
            expect(bench.numbers("lost").length).toBeGreaterThan(0)
            point.isUp = true
            await bench.run(minutes(5))
            expect(isThere(bench), board).toBe(comesBack)
        }
    })

    it("whose lease is lost still counts as connected; the reconnect command mends it", async () => {
        const bench = await wifi("c3", 30).run(seconds(12))
        bench.board.wifi.loseLease()
        await bench.run(seconds(10))
        expect(isThere(bench)).toBe(true)
        expect(bench.node.link.isReachable).toBe(false)
        expect(bench.numbers("lost")).toEqual([])
        await bench.run(seconds(20))
        expect(bench.numbers("reconnect").length).toBe(1)
        expect(last(bench, "got")).toBeGreaterThan(last(bench, "lost"))
        expect(bench.node.link.isReachable).toBe(true)
    })

    it("is not mended by the reconnect command on a Pico W that never joined", async () => {
        const options = { wifi: { ssid: "suitcase", password: "wrong" } }
        const bench = await wifi("picoW", 30, options).run(minutes(2))
        expect(bench.numbers("reconnect").length).toBe(1)
        expect(bench.board.wifi.joins).toBe(1)
    })

    it("is offered to programs that ask for it only", async () => {
        const plain = await new BoardBench("c3", `console.log("1")`).run(seconds(1))
        expect(plain.board.offersWifi).toBe(false)
        expect(wifi("c3").board.offersWifi).toBe(true)
        expect(wifi("pico").board.offersWifi).toBe(false)
    })
})
