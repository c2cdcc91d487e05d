/** Nodes that fall silent: by their own threshold, once, and back again. */
import { describe, expect, it } from "vitest"
import { SilenceWatch } from "./silence-watch.js"

const HOUR = 3_600_000
const START = Date.parse("2027-01-01T00:00Z")

function watch(...notifications: Record<string, unknown>[]) {
    const notes: string[] = []
    let now = START
    const nodes = notifications.map((notification, i) => ({
        name: `n${i}`,
        site: "town",
        notification,
    }))
    const watching = new SilenceWatch(
        nodes,
        text => notes.push(text),
        () => now
    )
    return {
        notes,
        hear: (topic: string, isRetained = false) =>
            watching.message(`suitcase/town/${topic}`, isRetained),
        at: (hours: number) => {
            now = START + hours * HOUR
            watching.look()
        },
    }
}

describe("a watch over nodes", () => {
    it("tells of each node once, by its own threshold, and whom to tell", () => {
        const { notes, hear, at } = watch(
            { threshold: "2h", email: "iot@city.example", phone: "+45 12345678" },
            {}
        )
        hear("n0/frame")
        hear("n1/frame")
        at(1.9)
        expect(notes).toEqual([])
        at(2)
        at(5)
        expect(notes).toEqual([
            "town/n0 silent for 2 h, more than 2 h; tell iot@city.example, +45 12345678",
        ])
        at(24)
        expect(notes.slice(1)).toEqual(["town/n1 silent for 24 h, more than 24 h"])
    })

    it("tells when a node is back, and of the next silence", () => {
        const { notes, hear, at } = watch({ threshold: 3600 })
        at(1)
        at(3)
        hear("n0/status")
        at(3.5)
        at(4)
        expect(notes).toEqual([
            "town/n0 not heard of for 1 h, more than 1 h",
            "town/n0 is back after 3 h",
            "town/n0 silent for 1 h, more than 1 h",
        ])
    })

    it("takes neither what the broker kept nor a last will for a sign of life", () => {
        const { notes, hear, at } = watch({ threshold: "1h" })
        at(0.9)
        hear("n0/status", true)
        hear("n0/state")
        hear("n9/frame")
        at(1)
        expect(notes).toHaveLength(1)
    })

    it("says nothing of a node that is silenced, until that is over", () => {
        const { notes, at } = watch({ threshold: "1h", silenced_until: "2027-01-02" })
        at(23)
        expect(notes).toEqual([])
        at(24)
        expect(notes).toEqual(["town/n0 not heard of for 24 h, more than 1 h"])
    })
})
