import { describe, expect, it } from "vitest"
import { compile } from "../program/compile.js"
import { minutes, seconds } from "../time/duration.js"
import { encodeJacdacFrame } from "../jacdac/frame.js"
import { StatusLight } from "./status-light.js"
import { World } from "./world.js"

const ID = "78a6c91dd92f5835"
const SET = 0x84

function frame(serviceIndex: number, command: number, data: number[], id = ID, flags = 1) {
    return encodeJacdacFrame(id, flags, [{ serviceIndex, command, data: Uint8Array.from(data) }])
}

describe("the light of a board", () => {
    it("has the colour of the last command to the node's own control service", () => {
        const light = new StatusLight(ID)
        for (const other of [
            frame(1, SET, [1, 2, 3, 0]),
            frame(0, 0x184, [1, 2, 3, 0]),
            frame(0, SET, [1, 2, 3, 0], "78a6c91dd92f5836"),
            frame(0, SET, [1, 2, 3, 0], ID, 0),
            frame(0, SET, [1, 2, 3]),
        ])
            light.take(other)
        expect(light).toMatchObject({ changes: 0, colour: "#000000", name: "off" })
        light.take(frame(0, SET, [255, 140, 3, 0]))
        expect(light).toMatchObject({ changes: 1, colour: "#ff8c03", name: "yellow" })
        light.take(frame(0, SET, [2, 0, 0, 0]))
        expect(light.name).toBe("red")
    })

    it("is what a program makes it, and dark after a power cut", async () => {
        const source = `
import * as ds from "@devicescript/core"
const control = new ds.Control("control[int:0]")
await ds.sleep(5000)
await control.setStatusLight(0, 255, 0, 0)
`
        const world = new World()
        const node = world.addNode({ program: compile("devs/light.ts", { source }) })
        await world.run(seconds(3))
        expect(node.light.name).toBe("off")
        await world.run(minutes(1))
        expect(node.light).toMatchObject({ name: "green", changes: 1 })
        node.powerOff()
        expect(node.light.name).toBe("off")
        world.close()
    })
})
