/** What `suitcase listen` says of Home Assistant's statistics. */
import { UsageError } from "../../errors.js"
import { readText, warnOfReaders } from "../../mqtt/broker.js"
import { HomeAssistantApi, HomeAssistantRefusal, socketUrlOf } from "./api.js"
import { StatisticsSink } from "./sink.js"

/** Where the token may be, beside --ha-token. */
const TOKEN_VARIABLE = "SUITCASE_HA_TOKEN"

export interface StatisticsFlags {
    readonly homeAssistant?: boolean
    readonly haStatistics?: string
    readonly haToken?: string
}

/**
 * @param note tells people
 * @returns undefined when they are not asked for
 * @throws UsageError for options that do not go together, and for a token that is refused
 */
export async function statisticsOf(
    { homeAssistant, haStatistics, haToken }: StatisticsFlags,
    note: (text: string) => void
): Promise<StatisticsSink | undefined> {
    if (haStatistics === undefined) {
        if (haToken !== undefined) throw new UsageError("--ha-token is for --ha-statistics")
        return undefined
    }
    if (homeAssistant !== true)
        throw new UsageError("--ha-statistics needs --home-assistant: statistics belong to sensors")
    const url = urlOf(haStatistics)
    const token = tokenOf(haToken, note)
    try {
        const api = await HomeAssistantApi.connect(url, token)
        api.close()
    } catch (e) {
        if (e instanceof HomeAssistantRefusal)
            throw new UsageError(
                `${url}: ${e.message}; make one in Home Assistant under your profile, Security, ` +
                    "Long-lived access tokens"
            )
        // It may start later: what comes until then waits.
        note(`Home Assistant at ${url}: ${(e as Error).message}; hours wait until it is there`)
    }
    return new StatisticsSink({ url, token, note })
}

function urlOf(text: string): string {
    try {
        return socketUrlOf(text)
    } catch {
        throw new UsageError(
            "--ha-statistics: write an address such as http://homeassistant.local:8123, without a " +
                "user or token"
        )
    }
}

function tokenOf(file: string | undefined, warn: (text: string) => void): string {
    if (file !== undefined) warnOfReaders(file, warn)
    const token = (file === undefined ? process.env[TOKEN_VARIABLE] : readText(file))?.trim()
    if (token === undefined || token === "")
        throw new UsageError(
            `--ha-statistics needs a token: --ha-token FILE, or ${TOKEN_VARIABLE} in the environment`
        )
    return token
}
