/** What calibration takes of a program: where the code of a node with four sensors, FRAM and an alarm ends. */
import { expect, it } from "vitest"
import { NODES, sourceOf, type KitNode } from "../../bench/size/nodes.js"
import { codeEnd } from "../../sim/linker/check.js"
import { compile } from "../../sim/program/compile.js"
import { IS_WHOLE } from "../runner/whole.js"

/** The indoor node, with an alarm that the air is stale. */
async function endOf(station: string, names: string): Promise<number> {
    const indoor = NODES.find(({ name }) => name === "indoor") as KitNode
    const text = (await sourceOf(indoor, { station }))
        .replace("import { blinkLight", `import { Alarm, Alarms, channelOf, ${names}, blinkLight`)
        .replace("await startStation", `${ALARM}\nawait startStation`)
        .replace("commands: remoteCommands", "commands: alarms.beside(remoteCommands)")
        .replace("sensors: [", "sensors: [alarms, ...sensors, ")
        .replace(/new SCD41\(bus\), /, "")
    return codeEnd(compile("devs/bench-node.ts", { source: text, target: "board" }).bytecode)
}
const ALARM = `const sensors = [new SCD41(bus)]
const alarms = new Alarms([new Alarm("stale", channelOf(sensors, "co2"), { value: 1500 })])`

if (IS_WHOLE)
    it("a node of four sensors with FRAM, calibration and an alarm fits on a board", async () => {
        const plain = await endOf("usb: usbService,", "usbService")
        const calibrated = await endOf("calibration: calibrations(),", "calibrations")
        const remote = await endOf(
            "calibration: calibrations(remoteCalibration),",
            "calibrations, remoteCalibration"
        )
        const added = {
            end: calibrated,
            calibration: calibrated - plain,
            remote: remote - calibrated,
        }
        expect(added.end, "B, end of the code").toBeLessThanOrEqual(63_200)
        expect(added.calibration, "B that it adds to usbService").toBeLessThanOrEqual(6_000)
        expect(added.remote, "B that it adds over the network").toBeLessThanOrEqual(1_050)
    }, 300_000)
