/** Topic names and filters (section 4.7). */
import { ProtocolError } from "./violation.js"

/** Whether a topic name is covered by a filter; both must be valid. */
export function matches(filter: string, topic: string): boolean {
    const wanted = filter.split("/")
    const given = topic.split("/")
    // [MQTT-4.7.2-1]: wildcards at the start do not reach the broker's own topics.
    if (topic.startsWith("$") && (wanted[0] === "#" || wanted[0] === "+")) return false
    for (let i = 0; i < wanted.length; i++) {
        if (wanted[i] === "#") return true
        if (i >= given.length || (wanted[i] !== "+" && wanted[i] !== given[i])) return false
    }
    return wanted.length === given.length
}

/** @throws ProtocolError */
export function checkTopic(topic: string): void {
    checkText(topic, "topic name")
    if (/[#+]/.test(topic))
        throw new ProtocolError("MQTT-3.3.2-2", `topic name "${topic}" has a wildcard`)
}

/** @throws ProtocolError */
export function checkFilter(filter: string): void {
    checkText(filter, "topic filter")
    const levels = filter.split("/")
    levels.forEach((level, i) => {
        if (level.includes("#") && (level !== "#" || i !== levels.length - 1))
            throw new ProtocolError("MQTT-4.7.1-2", `"#" inside the topic filter "${filter}"`)
        if (level.includes("+") && level !== "+")
            throw new ProtocolError(
                "MQTT-4.7.1-3",
                `"+" beside other characters in the topic filter "${filter}"`
            )
    })
}

function checkText(text: string, what: string): void {
    if (text.length === 0) throw new ProtocolError("MQTT-4.7.3-1", `empty ${what}`)
    if (text.includes("\0")) throw new ProtocolError("MQTT-4.7.3-2", `U+0000 in a ${what}`)
}
