/** The Jacdac side of the firmware's services, without a driver. */
import { beforeEach, describe, expect, it } from "vitest"
import { AnalogModel } from "../../analog/model.js"
import { ContactModel } from "../../contact/model.js"
import { MotionModel } from "../../motion/model.js"
import { type ServiceModel } from "./service-model.js"

interface Sent {
    readonly ms: number
    readonly what: string
}

/** A bus with a clock that steps from one thing to do to the next. */
class TestBus {
    ms = 0
    readonly sent: Sent[] = []
    private readonly waiting: { at: number; action: () => void }[] = []

    connect(model: ServiceModel): void {
        const hex = (data: Uint8Array) => Buffer.from(data).toString("hex")
        model.connect({
            now: () => this.ms,
            report: (command, data) => this.note(`${command.toString(16)} ${hex(data)}`),
            event: (code, data) => this.note(`event ${code} ${hex(data)}`),
            after: (ms, action) => this.waiting.push({ at: this.ms + ms, action }),
        })
    }

    run(ms: number): void {
        const end = this.ms + ms
        for (;;) {
            this.waiting.sort((a, b) => a.at - b.at)
            if (this.waiting.length === 0 || this.waiting[0].at > end) break
            const { at, action } = this.waiting.shift() as { at: number; action: () => void }
            this.ms = at
            action()
        }
        this.ms = end
    }

    private note(what: string): void {
        this.sent.push({ ms: this.ms, what })
    }
}

const NONE = new Uint8Array(0)
const GET_READING = 0x1101

let bus: TestBus
beforeEach(() => (bus = new TestBus()))

function analog(): AnalogModel {
    const model = new AnalogModel({
        part: "Analog pin",
        service: "potentiometer",
        input: { name: "voltage", unit: "V", min: 0, max: 3.3 },
        share: volts => volts / 3.3,
    })
    bus.connect(model)
    return model.feed("voltage", 1.65)
}

const texts = () => bus.sent.map(({ what }) => what)

describe("an analog service", () => {
    it("gives 0 at the first request, then 12 bits in the upper part of 16", () => {
        const model = analog()
        model.handle(GET_READING, NONE)
        model.handle(GET_READING, NONE)
        model.feed("voltage", 3.3)
        model.handle(GET_READING, NONE)
        model.restart()
        model.handle(GET_READING, NONE)
        expect(texts()).toEqual(["1101 0000", "1101 0080", "1101 f0ff", "1101 0000"])
        expect(model.illegalAccesses).toEqual([])
    })

    it("hands out what it measured, not the 0 before", () => {
        const model = analog()
        const handed: number[] = []
        model.onHandedOut = ({ value }) => handed.push(value)
        model.handle(GET_READING, NONE)
        expect(handed).toEqual([])
        model.handle(GET_READING, NONE)
        expect(handed).toEqual([1.65])
    })

    it("tells that it sleeps until somebody asks for its reading", () => {
        const model = analog()
        model.handle(0x1103, NONE)
        model.handle(GET_READING, NONE)
        model.handle(0x1103, NONE)
        expect(texts()).toEqual(["1103 03000000", "1101 0000", "1103 00000000"])
    })

    it("streams as often as it was told to, at least 20 ms apart", () => {
        const model = analog()
        model.handle(0x2004, Uint8Array.of(1, 0, 0, 0))
        model.handle(0x2003, Uint8Array.of(3))
        bus.run(1000)
        expect(bus.sent.map(({ ms }) => ms)).toEqual([0, 20, 40])
        expect(model.illegalAccesses).toEqual([])
    })

    it.each([
        ["an unknown register", 0x1155, NONE, "3 55110000"],
        ["an unknown command", 0x0080, NONE, "3 80000000"],
        ["a register that cannot be written", 0x2101, Uint8Array.of(1, 2), "3 01210000"],
        ["a setting of the wrong size", 0x2003, Uint8Array.of(1, 2), "3 03200000"],
    ])("refuses and notes %s", (_what, command, data, answer) => {
        const model = analog()
        model.handle(command, data)
        expect(texts()).toEqual([answer])
        expect(model.illegalAccesses).toHaveLength(1)
    })

    it("is silent, forgetful and of the wrong size when it is told to be", () => {
        const model = analog()
        model.handle(GET_READING, NONE)
        bus.sent.length = 0
        model.faults.silent = true
        model.handle(GET_READING, NONE)
        model.faults.silent = false
        model.faults.loseReports = 1
        model.handle(GET_READING, NONE)
        model.faults.shortReports = 1
        model.handle(GET_READING, NONE)
        model.faults.longReports = 1
        model.handle(GET_READING, NONE)
        expect(texts()).toEqual(["1101 80", "1101 008000"])
    })
})

describe("a button service", () => {
    it("tells down, hold each 500 ms, and up with the time that it was held", () => {
        const model = new ContactModel()
        bus.connect(model)
        bus.run(100)
        model.feed("contact", 1)
        bus.run(1200)
        model.feed("contact", 0)
        bus.run(100)
        expect(bus.sent).toEqual([
            { ms: 110, what: "event 1 " },
            { ms: 610, what: "event 129 f4010000" },
            { ms: 1110, what: "event 129 e8030000" },
            { ms: 1310, what: "event 2 b0040000" },
        ])
    })

    it("does not see a contact that closes between two looks", () => {
        const model = new ContactModel().feed("contact", t => (t >= 41 && t < 49 ? 1 : 0))
        bus.connect(model)
        bus.run(200)
        expect(bus.sent).toEqual([])
    })
})

describe("a motion service", () => {
    it("looks each 128 ms and tells begin and end", () => {
        const model = new MotionModel().feed("motion", t => (t >= 300 && t < 500 ? 1 : 0))
        bus.connect(model)
        bus.run(1000)
        expect(bus.sent).toEqual([
            { ms: 384, what: "event 1 " },
            { ms: 512, what: "event 2 " },
        ])
    })
})
