/** A suitcase, board after board: which board becomes which node, and what is left after anything that goes wrong. */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import path from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { KitFlashBench, espBoard, picoBoard } from "../../../../tests/support/kit-flash-bench.js"
import { IS_WHOLE } from "../../../../tests/runner/whole.js"

// Most tests have Picos, whose doubles take no time: esptool-js waits for real chips to reset.
const HALL = "{ name: hall, board: suitcase_pico_w }"
const ROOM = "{ name: room, board: suitcase_pico_w }"
const C3_HALL = "{ name: hall, board: suitcase_xiao_c3 }"
const C3_ROOM = "{ name: room, board: suitcase_xiao_c3 }"
const LAB = "{ name: lab, board: suitcase_devkitm_s3 }"
const QUAY = "{ name: quay, board: suitcase_pico_w }"

const benches: KitFlashBench[] = []
function bench(...nodes: string[]): KitFlashBench {
    const made = new KitFlashBench(nodes)
    benches.push(made)
    return made
}
afterEach(() => {
    for (const made of benches.splice(0)) made.close()
})

describe("a suitcase", () => {
    it("is written in whatever order its boards come; ids, labels and what is done are kept", async () => {
        const suitcase = bench(C3_HALL, C3_ROOM, LAB, QUAY)
        const [lab, hall, quay, room] = [
            espBoard("ESP32-S3", 1),
            espBoard("ESP32-C3", 2),
            picoBoard(3),
            espBoard("ESP32-C3", 4),
        ]
        const first = await suitcase.run([
            [],
            [lab.plug()],
            [hall.plug()],
            [quay.plug()],
            [room.plug()],
        ])
        expect(first.err).toBe("")
        expect(first.code).toBe(0)
        expect(first.out).toContain(
            "next: hall (townhall / suitcase-1), a Suitcase XIAO ESP32C3. Plug it in: hold BOOT (B), press"
        )
        expect(first.out).toContain("4 of 4 nodes are done\n")
        expect(await suitcase.devices()).toEqual({
            hall: hall.device,
            room: room.device,
            lab: lab.device,
            quay: quay.device,
        })
        expect(suitcase.read("suitcase.yaml").match(/# of the first floor/g)).toHaveLength(4)
        const labels = suitcase.read("labels.html")
        for (const { device, restarts } of [hall, room, lab, quay]) {
            expect(labels).toContain(device)
            expect(restarts).toBe(1)
        }
        if (process.platform !== "win32")
            expect(statSync(suitcase.file("secrets/flashed.json")).mode & 0o77).toBe(0)
        expect(readdirSync(suitcase.folder).filter(name => name.endsWith(".part"))).toEqual([])
        const again = await suitcase.run([])
        expect(again).toMatchObject({ code: 0, left: [] })
    })

    it("is updated by the same command: only nodes that changed, each board recognised", async () => {
        const suitcase = bench(HALL, ROOM)
        const [hall, room] = [picoBoard(1), picoBoard(2)]
        await suitcase.run([[hall.plug()], [room.plug()]])
        const before = { hall: hall.writes, room: room.writes }
        const update = await suitcase.run([[hall.plug()], [room.plug()]], { changed: ["room"] })
        expect(update.code).toBe(0)
        expect(update.out).toContain(`this RP2040 (${hall.device}) is hall, which is done`)
        expect(hall.writes - before.hall, "blocks written to hall").toBe(0)
        // The runtime, which is the larger part, is there already.
        expect(room.writes - before.room, "blocks written to room").toBeLessThan(before.room)
        expect(hall.restarts).toBe(2)
    })

    it("is recognised on another computer, which has the kit file only", async () => {
        const suitcase = bench(HALL, ROOM)
        const [hall, room] = [picoBoard(1), picoBoard(2)]
        await suitcase.run([[hall.plug()], [room.plug()]])
        rmSync(suitcase.file("secrets"), { recursive: true })
        const writes = room.writes
        const elsewhere = await suitcase.run([[room.plug()], [hall.plug()]])
        expect(elsewhere.code).toBe(0)
        expect(elsewhere.out).toMatch(new RegExp(`${room.device}: is room`))
        expect(room.writes).toBe(writes)
    })

    it("goes on where it was when what is kept of it was cut off or changed by hand", async () => {
        const suitcase = bench(HALL, ROOM)
        const [hall, room] = [picoBoard(1), picoBoard(2)]
        expect((await suitcase.run([[hall.plug()]])).left).toEqual(["room"])
        const whole = suitcase.read("secrets/flashed.json")
        writeFileSync(suitcase.file("secrets/flashed.json"), whole.slice(0, whole.length / 2))
        const second = await suitcase.run([[hall.plug()], [room.plug()]])
        expect(second.warnings).toEqual([expect.stringMatching(/is begun anew/)])
        expect(second.code).toBe(0)
    })

    it("tells scripts each node and what is left", async () => {
        const suitcase = bench(C3_HALL, C3_ROOM)
        const { out, code } = await suitcase.run([[espBoard("ESP32-C3", 1).plug()]], { json: true })
        expect(code).toBe(1)
        const lines = out.split("\n").filter(line => line.startsWith("{"))
        expect(lines.map(line => JSON.parse(line) as unknown)).toEqual([
            {
                node: "hall",
                site: "townhall",
                board: "suitcase_xiao_c3",
                device: "fe246f28010201ff",
            },
            { done: ["hall"], left: ["room"], problems: [] },
        ])
    })
})

describe("which board becomes which node", () => {
    it("two boards at once are for nobody to tell apart: one has to go, and nothing is written", async () => {
        const suitcase = bench(HALL, ROOM)
        const [one, two] = [picoBoard(1), picoBoard(2)]
        const both = [one.plug("/dev/ttyACM0"), two.plug("/dev/ttyACM1")]
        const told = await suitcase.run([both])
        expect(told.out).toContain(
            "2 boards are plugged in (/dev/ttyACM0, /dev/ttyACM1): leave one"
        )
        expect(one.writes + two.writes).toBe(0)
        const after = await suitcase.run([both, [both[1]], both])
        expect(after.code).toBe(0)
        expect(await suitcase.devices()).toEqual({ hall: two.device, room: one.device })
    })

    it("with ports named in their order several are written one after the other", async () => {
        const suitcase = bench(HALL, ROOM)
        const [one, two] = [picoBoard(1), picoBoard(2)]
        const { code } = await suitcase.run([[one.plug("A"), two.plug("B")]], { isOrdered: true })
        expect(code).toBe(0)
        expect(await suitcase.devices()).toEqual({ hall: one.device, room: two.device })
    })

    it("a wrong kind is told with those that are left, and stays as it is", async () => {
        const suitcase = bench(C3_HALL, QUAY)
        const wrong = espBoard("ESP32-S3", 1)
        const { code, err, out } = await suitcase.run([[wrong.plug()]])
        expect(code).toBe(1)
        expect(err).toContain(
            "is the wrong board: left are hall (ESP32-C3), quay (RP2040). Plug one of those in, or change board:"
        )
        expect(out).toContain("boards that were put aside:")
        expect([wrong.writes, wrong.restarts]).toEqual([0, 1])
    })

    it("a node of another kit is left alone", async () => {
        const suitcase = bench(HALL, ROOM)
        const hall = picoBoard(1)
        await suitcase.run([[hall.plug()]], { only: ["hall"] })
        const writes = hall.writes
        const { out, left } = await suitcase.run([[hall.plug()]], { only: ["room"] })
        expect(out).toContain("is hall of townhall / suitcase-1, which is none of these nodes")
        expect([hall.writes, left]).toEqual([writes, ["room"]])
    })

    it("boards of different makers with one chip are asked for, where somebody can answer", async () => {
        const suitcase = bench(C3_HALL, "{ name: foyer, board: suitcase_qt_py_c3 }")
        const one = espBoard("ESP32-C3", 1)
        const asked: string[][] = []
        await suitcase.run([[one.plug()]], {
            ask: async jobs => {
                asked.push(jobs.map(({ node }) => node.name))
                return await Promise.resolve(jobs[1])
            },
        })
        expect(asked).toEqual([["hall", "foyer"]])
        expect(await suitcase.devices()).toEqual({ hall: undefined, foyer: one.device })
    })

    it("a board that restarts and comes back on another port is not opened again", async () => {
        const suitcase = bench(C3_HALL, C3_ROOM)
        const [one, two] = [espBoard("ESP32-C3", 1), espBoard("ESP32-C3", 2)]
        const { code } = await suitcase.run([
            [one.plug("/dev/ttyACM0", "Espressif 24:6F:28:01:02:01")],
            [one.plug("/dev/ttyACM1", "Espressif 24:6F:28:01:02:01")],
            [one.plug("/dev/ttyACM2", `Suitcase JD${one.device}`), two.plug("/dev/ttyACM0")],
        ])
        expect(code).toBe(0)
        expect(one.restarts).toBe(1)
        expect(await suitcase.devices()).toEqual({ hall: one.device, room: two.device })
    })

    it("a new board takes the place of a broken one when that is said, and only then", async () => {
        const suitcase = bench(HALL)
        const [old, fresh] = [picoBoard(1), picoBoard(2)]
        await suitcase.run([[old.plug()]])
        const unasked = await suitcase.run([[fresh.plug()]], { changed: ["hall"] })
        expect(unasked.code).toBe(1)
        expect(unasked.err).toContain("suitcase flash --kit --replace hall")
        expect(fresh.writes).toBe(0)
        const replaced = await suitcase.run([[fresh.plug()]], { replace: ["hall"] })
        expect(replaced.code).toBe(0)
        expect(await suitcase.devices()).toEqual({ hall: fresh.device })
        const late = await suitcase.run([[old.plug()], [fresh.plug()]], { changed: ["hall"] })
        expect(late.err).toContain("is a board that the kit file does not know")
        expect(late.code).toBe(0)
    })
})

describe("what goes wrong", () => {
    it("a board that fails is put aside and told in the end; another one takes its place", async () => {
        const suitcase = bench(HALL, ROOM)
        const [broken, good, better] = [1, 2, 3].map(last => picoBoard(last))
        broken.break()
        const { code, err, out } = await suitcase.run([
            [broken.plug()],
            [good.plug()],
            [better.plug()],
        ])
        expect(err).toContain("hall: the board does not hold what was written")
        expect(err).toContain("put this board aside, and plug the next one in")
        expect(out).toMatch(/boards that were put aside:\n- hall: the board does not hold/)
        expect(code).toBe(0)
        // The one that failed comes last.
        expect(await suitcase.devices()).toEqual({ room: good.device, hall: better.device })
    })

    const CUTS = IS_WHOLE ? [1, 2, 3, 4, 5, 6] : [1, 4]
    it.each(CUTS)(
        "the cable comes out at block %i: the same board goes on as the same node",
        async block => {
            const suitcase = bench(ROOM, HALL)
            const [one, two] = [picoBoard(1), picoBoard(2)]
            one.cutAt(block)
            const cut = await suitcase.run([[one.plug()], [two.plug()]])
            expect(cut.err).toContain("room: the board is gone: was the cable pulled out?")
            expect(cut.left).toEqual(["room"])
            const after = await suitcase.run([[one.plug()]])
            expect(after.code).toBe(0)
            expect(after.out).toContain(`${one.device}: is room`)
            expect(await suitcase.devices()).toEqual({ room: one.device, hall: two.device })
        }
    )

    it.each([
        ["ESP32-C3", C3_HALL, () => espBoard("ESP32-C3", 1)],
        ["RP2040", QUAY, () => picoBoard(1)],
    ] as const)(
        "Ctrl-C in the middle of an %s ends it with 130, and the next run goes on",
        async (_, node, make) => {
            const suitcase = bench(node)
            const board = make()
            const stop = new AbortController()
            board.at(3, () => stop.abort())
            const stopped = await suitcase.run([[board.plug()], [board.plug()]], {
                signal: stop.signal,
            })
            expect(stopped.code).toBe(130)
            expect(stopped.err).toBe("suitcase: stopped; the same command goes on where it was\n")
            expect(suitcase.read("secrets/flashed.json")).toContain('"state": "started"')
            board.at(Infinity, () => undefined)
            expect(await suitcase.run([[board.plug()]])).toMatchObject({ code: 0, err: "" })
        }
    )

    it("a kit file that cannot be changed costs nothing but a line to write by hand", async () => {
        const suitcase = bench(C3_HALL)
        const board = espBoard("ESP32-C3", 1)
        board.at(1, () => {
            rmSync(suitcase.file("suitcase.yaml"))
            mkdirSync(suitcase.file("suitcase.yaml"))
        })
        const { code, err } = await suitcase.run([[board.plug()]])
        expect(code).toBe(0)
        expect(err).toContain(`write device: "${board.device}" to hall by hand`)
    })

    it("a Pico that shows as a drive only takes one file; what it is nobody can read", async () => {
        const suitcase = bench(QUAY)
        const folder = suitcase.file("RPI-RP2")
        mkdirSync(folder)
        const info = path.join(folder, "INFO_UF2.TXT")
        writeFileSync(info, "Board-ID: RPI-RP2\r\n")
        const timer = setInterval(() => {
            if (readdirSync(folder).includes("suitcase.uf2")) rmSync(info, { force: true })
        }, 20)
        const drive = {
            id: folder,
            where: folder,
            says: "",
            reach: { kind: "drive", folder },
        } as const
        const { code, out } = await suitcase.run([[drive]])
        clearInterval(timer)
        expect(code).toBe(0)
        expect(out).toContain("the board took it and restarted")
        expect(await suitcase.devices()).toEqual({ quay: undefined })
        expect((await suitcase.run([])).code).toBe(0)
    })
})
