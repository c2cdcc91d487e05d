/** The fifth step: what the board measures, and whether it reaches its broker. */
import { html, nothing } from "lit"
import { decimals } from "../../../../src/core/channel.js"
import { unitSign } from "../../../cli/quantities.js"
import { reachOf, sensorAdvice } from "../../../flash/usb/advice.js"
import { hasReadings, isStarting, type SensorReadings } from "../../../flash/usb/first-readings.js"
import { type LiveReading } from "../../../flash/usb/node-service.js"
import { type Session } from "../flow/session.js"
import { boardOf, nodeName } from "../flow/state.js"
import { type NodeView } from "../readings/node-view.js"
import { channelWords } from "../words/channels.js"
import { PROBLEMS, type ProblemId } from "../words/problems.js"
import { type Language } from "../words/words.js"
import { heading, primary, sayIn, secondary, type View } from "./parts.js"

export function readingsView(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const goOn = () => session.tell({ kind: "readings seen" })
    const view = state.readings
    if (boardOf(state)?.readsOverUsb !== true || !session.hasSerial)
        return html`${heading(say("readingsTitle"))}
            <p class="lead">${say("readingsNotHere", { node: nodeName(state) })}</p>
            <div class="actions">${primary(say("next"), goOn)}</div>`
    if (view === undefined || state.problem !== undefined)
        return html`${heading(say("readingsTitle"))}
            <p class="lead">${say("readingsLead")} ${say("readingsChoose")}</p>
            <div class="actions">
                ${primary(
                    say(state.isBusy ? "readingsWaiting" : "readingsConnect"),
                    () => void session.watch(),
                    state.isBusy
                )}
                ${secondary(say("skip"), goOn)}
            </div>`
    const isWhole = view.sensors.every(hasReadings)
    return html`${heading(say("readingsTitle"))} ${otherNode(session, view)}
        ${view.isOver || isWhole ? nothing : html`<p class="lead">${say("readingsWaiting")}</p>`}
        <ul class="sensors">
            ${view.sensors.map(sensor => sensorView(session, sensor, view.isOver))}
            ${boardOf(state)?.hasWifi === true ? networkView(session, view) : nothing}
        </ul>
        ${
            view.log.length === 0
                ? nothing
                : html`<details class="log">
                      <summary>${say("log")}</summary>
                      <pre tabindex="0" lang="en">${view.log.join("\n")}</pre>
                  </details>`
        }
        <div class="actions">${primary(say(isWhole ? "next" : "skip"), goOn)}</div>`
}

/** The person may have taken another board. */
function otherNode(session: Session, { identity }: NodeView): View {
    const node = nodeName(session.state)
    return identity.node === node
        ? nothing
        : html`<p class="note">
              ${sayIn(session)("readingsOther", { found: identity.node, node })}
          </p>`
}

function sensorView(session: Session, sensor: SensorReadings, isOver: boolean): View {
    const { language } = session.state
    const say = sayIn(session)
    const isGood = hasReadings(sensor)
    const isWaiting = !isGood && (!isOver || isStarting(sensor))
    const address = `0x${sensor.address.toString(16).padStart(2, "0")}`
    return html`<li class=${isGood ? "good" : isWaiting ? "waiting" : "bad"}>
        <p class="sensor-name">
            ${sensor.part}
            ${
                sensor.address === 0
                    ? nothing
                    : html`<span class="node-detail">${say("atAddress", { address })}</span>`
            }
        </p>
        <dl>
            ${sensor.readings.map(
                reading =>
                    html`<div>
                        <dt>${channelWords(reading.channel.name, language)}</dt>
                        <dd>
                            ${
                                reading.value === undefined
                                    ? html`<span class="none">${say("readingsNone")}</span>`
                                    : readingText(reading, reading.value, language)
                            }
                        </dd>
                    </div>`
            )}
        </dl>
        ${
            isGood || isWaiting
                ? nothing
                : html`<p class="advice" data-problem="sensor silent">
                      ${sensor.part} ${sensorAdvice(sensor, language)}
                  </p>`
        }
    </li>`
}

function networkView(session: Session, view: NodeView): View {
    const { language } = session.state
    const say = sayIn(session)
    const reach = reachOf(view)
    const ssid = view.wifi?.ssid ?? ""
    const problem: ProblemId | undefined = reach === "broker" ? undefined : reach
    if (problem === undefined)
        return html`<li class="good">
            <p class="sensor-name">${say("network")}</p>
            <p>
                ${say("brokerReached")}${ssid === "" ? nothing : html`<br />${say("wifiJoined", { name: ssid })}`}
            </p>
        </li>`
    if (!view.isOver)
        return html`<li class="waiting">
            <p class="sensor-name">${say("network")}</p>
            <p>${say("wifiWaiting")}</p>
        </li>`
    const { title, remedy } = PROBLEMS[problem]
    const why = view.state.problem
    return html`<li class="bad">
        <p class="sensor-name">${title[language]}</p>
        <p class="advice" data-problem=${problem}>
            ${remedy[language]} ${why === "" ? nothing : html`<span lang="en">(${why})</span>`}
        </p>
    </li>`
}

function readingText({ channel }: LiveReading, value: number, language: Language): string {
    const digits = value.toFixed(decimals(channel))
    const number = language === "da" ? digits.replace(".", ",") : digits
    return `${number} ${unitSign(channel.unit)}`.trim()
}

/** What a screen reader says of the readings. */
export function readingsAnnouncement(session: Session): View {
    const { step, readings } = session.state
    const say = sayIn(session)
    if (step !== "readings" || readings === undefined) return nothing
    if (!readings.sensors.every(hasReadings))
        return html`${readings.isOver ? PROBLEMS["sensor silent"].title[session.state.language] : say("readingsWaiting")}`
    return html`${say("readingsAll")}
    ${readings.state.isBrokerReached ? say("brokerReached") : nothing}`
}
