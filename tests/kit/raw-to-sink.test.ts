/** `raw: true` in a kit file, all the way: program, node, a calibration over USB, broker, receiver, files on the disk. */
import { readFileSync, readdirSync } from "node:fs"
import path from "node:path"
import { expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { NodeLink, passTime } from "../../sim/jacdac/node-link.js"
import { answerTime } from "../../sim/net/broker/time-answerer.js"
import { VirtualBroker } from "../../sim/net/virtual-broker.js"
import { minutes } from "../../sim/time/duration.js"
import { World } from "../../sim/world/world.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { NodeCalibration } from "../../tools/calibration/node-calibration.js"
import { recordId, writeRecord } from "../../tools/calibration/record.js"
import { compileNamed, programOfNode } from "../../tools/cli/apps.js"
import { NodeService } from "../../tools/flash/usb/node-service.js"
import { folderSink } from "../../tools/receiver/sinks/formats.js"
import { finish, foldersOfTests, openReceiver } from "../support/receiver-bench.js"
import { fileWith, kitOf } from "./kit-bench.js"

const NODE = `board: suitcase_xiao_c3
sensors:
  - part: sht4x
    raw: true
settings: { calibration: true, interval: 1m }`
const kit = await kitOf(fileWith(NODE))
const program = compileNamed(await programOfNode(kit.nodes[0]), { target: "board" })
const newFolders = foldersOfTests()

it("brings what the part measured beside what it was corrected to, with the id of the calibration, into files of each form", async () => {
    const folders = newFolders()
    const formats = ["csv", "ndjson"] as const
    const { receiver } = await openReceiver(folders, {
        sinks: formats.map(format => folderSink(format, path.join(folders.out, format))),
    })
    const world = new World({ seed: 5 })
    const broker = new VirtualBroker(world.clock)
    world.network.defaultEndpoint = broker
    answerTime(broker)
    broker.subscribe("suitcase/#", (topic, payload) => {
        receiver.accept(topic, payload, world.clock.wallMs)
    })
    const part = new SHT4xModel().feed("temperature", -5).feed("humidity", 60)
    const profile = theBoard("suitcase_xiao_c3")
    const node = world.addNode({ program, board: { profile }, sensors: [part] })
    await world.run(minutes(5))

    const link = new NodeLink(world, node)
    const calibration = new NodeCalibration(new NodeService(link, node.deviceId))
    const during = <T>(work: Promise<T>) => passTime(world, work, minutes(1))
    const channels = await during(calibration.channels())
    expect(channels.map(({ name }) => name)).toEqual(["temperature", "humidity"])
    const [{ name, part: folder, identity }] = channels
    const record = writeRecord({
        ...{ channel: name, part: folder, identity, points: 1, uncertainty: 10 },
        ...{ reference: "Testo 104", certificate: "1", technician: "mette" },
        ...{ date: 1_700_000_000, validUntil: undefined, temperature: undefined, previous: 0 },
        correction: {
            method: "offset",
            origin: 0,
            coefficients: [{ mantissa: 250, exponent: 0 }],
        },
    })
    await during(calibration.apply(record))
    await world.run(minutes(30))
    await finish(receiver)

    const textOf = (format: string) => {
        const folder = path.join(folders.out, format)
        const names = readdirSync(folder).filter(file => file.endsWith(`.${format}`))
        return names.map(file => readFileSync(path.join(folder, file), "utf8")).join("")
    }
    const id = recordId(record)
    const lines = textOf("ndjson").trimEnd().split("\n")
    const rows = lines.map(line => JSON.parse(line) as Record<string, unknown>)
    const seen = (channel: string, calibrationId: number | undefined) => {
        const of = rows.filter(
            row => row["channel"] === channel && row["calibration"] === calibrationId
        )
        return [of.length, ...new Set(of.map(({ value }) => value))]
    }
    const [before, ...valuesBefore] = seen("temperature", undefined)
    const [after, ...valuesAfter] = seen("temperature", id)
    expect(valuesBefore, "°C before the calibration").toEqual([-5])
    expect(valuesAfter, "°C after it").toEqual([-2.5])
    expect(after, "corrected readings").toBeGreaterThan(25)
    expect(seen("temperature_raw", undefined), "°C as measured").toEqual([
        Number(before) + Number(after),
        -5,
    ])
    expect(seen("humidity_raw", undefined)).toEqual(seen("humidity", undefined))
    const csv = textOf("csv").trimEnd().split("\n")
    expect(csv.filter(line => line.includes(",temperature,Cel,-2.50,"))).toHaveLength(Number(after))
    expect(csv.filter(line => line.endsWith(`,${id}`))).toHaveLength(Number(after))
    world.close()
})
