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

const CALIBRATED = "calibration: calibrations(),"

it("a node of four sensors with FRAM, calibration and an alarm fits on a board", async () => {
    const end = await endOf(CALIBRATED, "calibrations")
    expect(end, "B, end of the code").toBeLessThanOrEqual(59_400)
}, 300_000)

if (IS_WHOLE)
    it("calibration, and calibration over the network, take what they may of a program", async () => {
        const calibrated = await endOf(CALIBRATED, "calibrations")
        const usual = calibrated - (await endOf("usb: usbService,", "usbService"))
        expect(usual, "B that it adds to usbService").toBeLessThanOrEqual(4_500)
        const names = "calibrations, remoteCalibration"
        const remote = await endOf("calibration: calibrations(remoteCalibration),", names)
        expect(remote - calibrated, "B that it adds over the network").toBeLessThanOrEqual(1_060)
    }, 300_000)
