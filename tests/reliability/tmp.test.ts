import { it } from "vitest"
import { minutes, hours, seconds } from "../../sim/world/duration.js"
import { Testbed } from "./testbed.js"
import mqtt from "mqtt-packet"
it("x", async () => {
    const b = new Testbed({ seed: 1, intervalSeconds: 60, station: "reportSeconds: 300" })
    let n = 0
    const log: string[] = []
    b.broker.onConnect = () => log.push("connected")
    b.node.link.onConnection = connection => {
        const at = n++
        connection.cutAfter("up", at)
        b.world.clock.after(seconds(2) * 1000, () => b.command({ do: "report" }))
        b.world.clock.after(20_000 * 1000, () => { if (!connection.isClosed) { log.push("hand cut"); b.node.cutConnection() }})
        const k = at
        log.push(`#${k}`)
        const p = mqtt.parser({ protocolVersion: 4 })
        p.on("packet", x => log.push(`#${k} up ${x.cmd} ${(x as any).messageId ?? ""} ${(x as any).topic ?? ""} ${(x as any).dup ?? ""} ${b.world.clock.now}`))
        const q = mqtt.parser({ protocolVersion: 4 })
        q.on("packet", x => log.push(`#${k} down ${x.cmd} ${(x as any).messageId ?? ""} ${(x as any).topic ?? ""} ${b.world.clock.now}`))
        const w = connection.write.bind(connection)
        connection.write = (bytes: Uint8Array) => { p.parse(Buffer.from(bytes)); return w(bytes) }
        const c = connection as any
        const d = c.deliver
        c.deliver = (e: number, data: Uint8Array) => { if (data && e === 4) q.parse(Buffer.from(data)); else log.push(`#${k} event ${e}`); d(e, data) }
    }
    await b.world.runUntil(() => b.broker.violations.length > 0, hours(50))
    console.log(b.broker.violations[0])
    const id = /id (\d+)/.exec(b.broker.violations[0].what)![1]
    const i = log.findIndex(l => new RegExp(`(up|down) pub\\w+ ${id} `).test(l))
    console.log(log.slice(Math.max(0, i - 25), i + 40).join("\n"))
    b.close()
})
