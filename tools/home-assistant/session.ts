/** Home Assistant over the connection of `suitcase listen`. */
import { type BrokerUrl } from "../broker-url.js"
import { EXIT_OK } from "../errors.js"
import { MqttLink } from "../mqtt-link.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"
import { HomeAssistantPublisher } from "./publisher.js"
import { Removal } from "./removal.js"
import { filtersOf } from "./topics.js"

/** Retained messages are all there when none came for so long, ms. */
const QUIET_MS = 1000

export interface Home {
    readonly publisher: HomeAssistantPublisher
    /** Publishes over this link, and what waited for it. */
    connect(link: MqttLink): void
}

/** The first messages can come while the link is still being set up: what they cause waits. */
export function openHome(prefix: string, note: (text: string) => void): Home {
    let link: MqttLink | undefined
    const waiting: [string, string][] = []
    return {
        publisher: new HomeAssistantPublisher({
            prefix,
            note,
            nowMs: Date.now,
            retain: (topic, payload) => {
                if (link === undefined) waiting.push([topic, payload])
                else link.retain(topic, payload)
            },
        }),
        connect: opened => {
            link = opened
            for (const [topic, payload] of waiting.splice(0)) opened.retain(topic, payload)
        },
    }
}

/** Clears retained configs and states of all nodes, or of one site's. @returns the exit code */
export async function removeFromHomeAssistant(
    url: BrokerUrl,
    prefix: string,
    { site }: { readonly site?: string },
    terminal: Terminal
): Promise<number> {
    const removal = new Removal(site)
    let quiet: NodeJS.Timeout | undefined
    let finish: () => void = () => undefined
    const allHere = new Promise<void>(resolve => (finish = resolve))
    const wait = () => {
        clearTimeout(quiet)
        quiet = setTimeout(() => finish(), QUIET_MS)
    }
    const link = await MqttLink.dial(url, {
        ...(site === undefined ? {} : { site }),
        topics: filtersOf(prefix, site),
        onMessage: (topic, payload, isRetained) => {
            if (!isRetained) return
            removal.message(topic, payload)
            wait()
        },
    })
    wait()
    await allHere
    const { entities, nodes } = removal.clear((topic, payload) => link.retain(topic, payload))
    await link.drain()
    await link.close()
    line(
        terminal.out,
        entities === 0
            ? `nothing of Home Assistant's to remove at ${url.shown}`
            : `removed ${counted(entities, "entity", "entities")} of ${counted(nodes, "node")} from Home Assistant`
    )
    return EXIT_OK
}
