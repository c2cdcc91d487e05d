/** Home Assistant over the connection of `suitcase listen`. */
import { type Broker } from "../mqtt/broker.js"
import { EXIT_OK } from "../errors.js"
import { MqttLink } from "../mqtt/link.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"
import { HomeAssistantPublisher } from "./publisher.js"
import { Removal } from "./removal.js"
import { filtersOf } from "./topics.js"

/** Retained messages are all there when none came for so long, ms. */
const QUIET_MS = 1000
/**
 * Brokers may deliver live messages before retained ones. States wait for so long
 * after connecting, so that those of an earlier run are known first, ms.
 */
const SETTLE_MS = 500

/** Publishes for Home Assistant over a link, which may come later. */
export class HomeAssistantSession {
    readonly publisher: HomeAssistantPublisher
    private link: MqttLink | undefined
    private settling: NodeJS.Timeout | undefined
    private isSettled = false
    private readonly waiting: [string, string][] = []

    constructor(prefix: string, note: (text: string) => void) {
        this.publisher = new HomeAssistantPublisher({
            prefix,
            note,
            nowMs: Date.now,
            retain: (topic, payload) => {
                if (this.link === undefined) this.waiting.push([topic, payload])
                else this.link.retain(topic, payload)
            },
        })
    }

    /** Publishes over this link, and what waited for it. */
    connect(link: MqttLink): void {
        this.link = link
        for (const [topic, payload] of this.waiting.splice(0)) link.retain(topic, payload)
        this.settling = setTimeout(() => this.settle(), SETTLE_MS)
    }

    /** Takes every message, after the decoder. */
    message(topic: string, payload: Uint8Array, isRetained: boolean): void {
        this.publisher.message(topic, payload, isRetained)
        if (this.isSettled) this.publisher.flush()
    }

    /** Publishes what still waits. */
    close(): void {
        clearTimeout(this.settling)
        this.settle()
    }

    private settle(): void {
        this.isSettled = true
        this.publisher.flush()
    }
}

/** Clears retained configs and states of all nodes, or of one site's. @returns the exit code */
export async function removeFromHomeAssistant(
    url: Broker,
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
