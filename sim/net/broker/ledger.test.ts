import { type IPublishPacket } from "mqtt-packet"
import { describe, expect, it } from "vitest"
import { PublishLedger } from "./ledger.js"

function publish(messageId: number, dup = false): IPublishPacket {
    return { cmd: "publish", topic: "a", payload: "one", qos: 1, retain: false, messageId, dup }
}

/** A client whose connection ends after a PUBACK, and that comes back. */
function comesBack(isTaken: boolean): PublishLedger {
    const ledger = new PublishLedger()
    ledger.resume(false, "life", true)
    expect(ledger.publish(publish(1))).toEqual([])
    ledger.acknowledged(1, isTaken)
    ledger.resume(false, "life", false)
    return ledger
}

describe("a message whose PUBACK the node was given right before its connection ended", () => {
    it("may be sent again, or not", () => {
        expect(comesBack(false).settle()).toEqual([])
        const ledger = comesBack(false)
        expect(ledger.publish(publish(1, true))).toEqual([])
        expect(ledger.settle()).toEqual([])
    })

    it("is sent again with DUP, if at all", () => {
        const ledger = comesBack(false)
        ledger.publish(publish(1, true))
        expect(ledger.publish(publish(1)).map(([clause]) => clause)).toEqual(["MQTT-3.3.1-1"])
    })

    it("may not be sent again once the node surely has it", () => {
        const findings = comesBack(true).publish(publish(1, true))
        expect(findings.map(([clause]) => clause)).toEqual(["MQTT-4.3.2-1"])
    })
})
