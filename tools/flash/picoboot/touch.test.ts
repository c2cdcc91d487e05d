import { describe, expect, it } from "vitest"
import { type EspPort } from "../esp/esp-board.js"
import { touchIntoBootMode } from "./touch.js"

/** A port that writes down what is done to it, of a board that may be gone after some of it. */
function recorded(goneAfter = Infinity) {
    const done: string[] = []
    const act = async (what: string) => {
        await Promise.resolve()
        if (done.length >= goneAfter) throw new Error("no such port")
        done.push(what)
    }
    const port: EspPort = {
        readable: null,
        writable: null,
        open: ({ baudRate }) => act(`open ${baudRate}`),
        close: () => act("close"),
        setSignals: ({ dataTerminalReady }) => act(`DTR ${String(dataTerminalReady)}`),
        getInfo: () => ({}),
    }
    return { port, done }
}

describe("the touch that sends a running board into its boot mode", () => {
    it("opens at 1200 baud, lets DTR fall, and closes", async () => {
        const { port, done } = recorded()
        await touchIntoBootMode(port)
        expect(done).toEqual(["open 1200", "DTR false", "close"])
    })

    it("has done its work when the board takes the port away", async () => {
        for (const goneAfter of [1, 2]) {
            const { port, done } = recorded(goneAfter)
            await touchIntoBootMode(port)
            expect(done.length).toBe(goneAfter)
        }
    })

    it("fails for a port that cannot be opened", async () => {
        await expect(touchIntoBootMode(recorded(0).port)).rejects.toThrow("no such port")
    })
})
