/** Sealed frames, end to end: the key comes over USB, and nothing readable leaves the node. */
import { afterEach, describe, expect, it } from "vitest"
import { DeviceClient } from "../../sim/devtools/device-client.js"
import { SRV_SETTINGS } from "../../sim/devtools/deploy.js"
import { NodeLink } from "../../sim/jacdac/node-link.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { FrameCollector, type Malformed } from "../../tools/decoder/index.js"
import { openSealed } from "../../tools/decoder/sealed.js"
import { ccmOpener } from "../../tools/cli/keys/ccm-opener.js"
import { newKey } from "../../tools/cli/keys/key-file.js"
import { provide } from "./provisioning.js"
import { Testbed, expectAllArrived, expectNothingInvented } from "./testbed.js"
import { WireTap } from "./wire-tap.js"

const RAM = { intervalSeconds: 60, reportSeconds: 300 }
const FRAM = {
    intervalSeconds: 60,
    reportSeconds: 300,
    store: "MB85RC256V" as const,
}
const PASSWORD = "correct horse battery staple"
const SETTINGS_DELETE = 0x84

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

interface Sealed {
    readonly b: Testbed
    readonly tap: WireTap
    readonly key: Buffer
}

/** A node that is given a key before it has ever sent anything. */
async function start(options: typeof RAM, form: "binary" | "json" = "binary"): Promise<Sealed> {
    const parts = options === FRAM ? [new MB85RCModel()] : []
    const b = new Testbed({ seed: 11, ...options, parts })
    bed = b
    b.node.link.goDown()
    const tap = new WireTap(b)
    const key = newKey()
    await provide(b, {
        "seal.key": key.toString("hex"),
        "mqtt.user": "hall",
        "mqtt.pass": PASSWORD,
        "mqtt.form": form,
    })
    b.keys.set(b.node.deviceId, key)
    // What was recorded before belongs to a node without key.
    if (options === RAM) b.given.length = 0
    b.node.link.comeUp()
    return { b, tap, key }
}

function openAll({ b, tap, key }: Sealed) {
    const opener = ccmOpener(new Map([[b.node.deviceId, key]]))
    return tap.under("sealed").map(payload => openSealed(b.node.deviceId, payload, opener))
}

/** Readings that others make of what was published, and why they refuse the rest. */
function readBy(tap: WireTap, keys: ReadonlyMap<string, Uint8Array>) {
    const refused: Malformed[] = []
    let readings = 0
    const collector = new FrameCollector(
        { onReading: () => readings++, onMalformed: problem => refused.push(problem) },
        ccmOpener(keys)
    )
    for (const { topic, payload } of tap.published) collector.accept(topic, payload)
    return { readings, codes: new Set(refused.map(({ code }) => code)) }
}

function expectSecret({ b, tap, key }: Sealed): void {
    const hex = key.toString("hex")
    const secrets = [key, Buffer.from(hex), Buffer.from(hex.toUpperCase())]
    expect(tap.leaked(secrets).length, "forms of the key on the wire").toBe(0)
    const said = b.node.log.map(({ text }) => text).join("\n")
    const records = tap.published.map(({ payload }) => payload.toString("latin1")).join("\n")
    for (const secret of [hex.slice(0, 16), hex.slice(-16), PASSWORD]) {
        expect(said.toLowerCase().includes(secret), "on the console").toBe(false)
        expect(records.toLowerCase().includes(secret), "in a record").toBe(false)
    }
}

describe("a node with a key", () => {
    it("sends nothing that can be read without it, and everything arrives with it", async () => {
        const node = await start(RAM)
        const { b, tap, key } = node
        await b.world.run(minutes(40))
        // Secrets of a node that is restarted and asked, too.
        await b.drain()
        b.command({ do: "outbox" })
        await b.world.run(minutes(1) - seconds(20))
        await b.drain()
        expectAllArrived(b.account())
        expect(b.problems).toEqual([])
        expect(b.broker.violations).toEqual([])
        expect(b.status.settings).toBe("ok")

        const opened = openAll(node)
        expect(opened.length, "sealed frames").toBeGreaterThan(8)
        expect(tap.under("frame"), "plain frames").toEqual([])
        expect(tap.leaked(tap.under("sealed")).length, "the tap sees them").toBe(opened.length)
        expect(tap.leaked(opened.map(({ frame }) => frame)).length, "readable frames").toBe(0)
        expectSecret(node)

        expect(readBy(tap, new Map())).toEqual({ readings: 0, codes: new Set(["key"]) })
        const wrong = Buffer.from(key)
        wrong[31] ^= 1
        expect(readBy(tap, new Map([[b.node.deviceId, wrong]]))).toEqual({
            readings: 0,
            codes: new Set(["forged"]),
        })
    })

    it("never uses a nonce twice, however often it restarts", async () => {
        const node = await start(FRAM)
        const { b } = node
        const boots = 24
        for (let boot = 0; boot < boots; boot++) {
            await b.world.run(seconds(70 + 13 * (boot % 5)))
            if (boot % 3 === 0) b.command({ do: "reboot" })
            else if (boot % 3 === 1) b.node.powerCut(500)
            // In the middle of what is written to the store.
            else b.node.cutPowerDuringTransfer(1 + boot, 7 * boot)
            await b.world.run(seconds(15))
            b.node.bus.cut = undefined
            b.node.powerOn()
        }
        await b.world.run(minutes(3))
        await b.drain()
        const tags = new Map<string, bigint>()
        for (const { salt, counter, tag } of openAll(node)) {
            const nonce = `${salt}/${counter}`
            // A message that came twice is the same message.
            expect(tags.get(nonce) ?? tag, `nonce ${nonce}`).toBe(tag)
            tags.set(nonce, tag)
        }
        const salts = new Set([...tags.keys()].map(nonce => nonce.slice(0, 16)))
        expect(salts.size, "salts").toBeGreaterThan(boots / 2)
        expect(tags.size, "messages").toBeGreaterThan(boots)
        expect(b.problems).toEqual([])
        expectNothingInvented(b.account())
        expectSecret(node)
    })

    it("that lost it keeps its frames until it is restored, and they arrive sealed", async () => {
        const node = await start(FRAM)
        const { b, tap, key } = node
        await b.world.run(minutes(4))
        await b.drain()
        const link = new NodeLink(b.world, b.node)
        const device = new DeviceClient(link, b.node.deviceId, undefined)
        await link.during(
            device
                .waitForDevice(30_000)
                .then(() =>
                    device.command(
                        device.serviceIndex(SRV_SETTINGS),
                        SETTINGS_DELETE,
                        Buffer.from("seal.key")
                    )
                )
        )
        const before = tap.under("sealed").length
        b.node.powerCut(1000)
        await b.world.run(minutes(30))
        expect(b.status.settings).toBe("damaged")
        expect(tap.under("sealed").length, "sealed frames meanwhile").toBe(before)
        expect(tap.under("frame"), "plain frames").toEqual([])
        b.command({ do: "outbox" })
        await b.world.run(seconds(10))
        expect(JSON.parse(b.acks.at(-1) as string), "figures").toMatchObject({ dropped: 0 })

        await provide(b, {
            "seal.key": key.toString("hex"),
            "mqtt.user": "hall",
            "mqtt.pass": PASSWORD,
        })
        await b.world.run(minutes(4) + seconds(20))
        await b.drain()
        const account = b.account()
        expectNothingInvented(account)
        // Rows that were being taken when it lost its power and when it was restarted.
        expect(account.missing.length, "readings lost").toBeLessThanOrEqual(2)
        expect(tap.under("frame"), "plain frames").toEqual([])
        expect(tap.under("sealed").length, "sealed frames").toBeGreaterThan(before + 5)
        expect(tap.leaked(openAll(node).map(({ frame }) => frame)).length).toBe(0)
        expect(b.problems).toEqual([])
        expect(b.broker.violations).toEqual([])
        expect(b.node.panics).toEqual([])
        expectSecret(node)
    })
})
