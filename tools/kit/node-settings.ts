/** What is written to a node's settings, from the kit file and the secrets. */
import { settingValuesSchema, type SettingValues } from "../cli/settings/keys.js"
import { UsageError } from "../cli/errors.js"
import { type KitNode } from "./kit.js"
import { type Secrets } from "./secrets.js"

export const PORT = 1883
export const TLS_PORT = 8883

/**
 * @returns the settings of the node, secrets among them: never print them
 * @throws UsageError naming what is missing, or which one cannot be stored; never its value
 */
export function nodeSettings(node: KitNode, secrets: Secrets): SettingValues {
    const missing = secrets.missing(node)
    if (missing.length > 0)
        throw new UsageError(
            `${node.name}: missing secrets: ${missing.join(", ")}; suitcase kit accounts makes account and key, ` +
                "all others stand in the file .env"
        )
    const { brokerPassword, sealKey, wifiPassword } = secrets.of(node)
    const { broker, seal } = node.settings
    const values = {
        ...openSettings(node),
        ...(broker?.host === undefined ? {} : { "mqtt.pass": brokerPassword }),
        ...(seal === true ? { "seal.key": sealKey } : {}),
        ...(wifiPassword === undefined ? {} : { "wifi.pass": wifiPassword }),
    }
    const parsed = settingValuesSchema.safeParse(values)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw new UsageError(`${node.name}: ${issue.path.join(".")} ${issue.message}`)
}

/** What of a node's settings is no secret. */
export function openSettings(node: KitNode): SettingValues {
    const { broker, wifi } = node.settings
    return {
        node: node.name,
        site: node.site,
        ...(broker?.host === undefined
            ? {}
            : {
                  "mqtt.host": broker.host,
                  "mqtt.port": broker.port ?? (broker.tls === true ? TLS_PORT : PORT),
                  "mqtt.user": node.name,
              }),
        ...(broker?.tls === undefined ? {} : { "mqtt.tls": broker.tls }),
        ...(broker?.form === undefined ? {} : { "mqtt.form": broker.form }),
        ...(wifi === undefined ? {} : { "wifi.ssid": wifi.ssid }),
    }
}
