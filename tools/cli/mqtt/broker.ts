/**
 * The MQTT broker that a command is for: its address as given on the command line, and
 * what it takes to be let in, which is not: other users of a computer can read command lines.
 */
import { readFileSync, statSync } from "node:fs"
import { Option, type Command } from "commander"
import { UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
    "mqtt:": 1883,
    "mqtts:": 8883,
    "ws:": 80,
    "wss:": 443,
}

const NATS_PORTS: Readonly<Record<string, number>> = { "nats:": 4222, "tls:": 4222 }

/** Where user name and password may be, beside --login. */
export const USER_VARIABLE = "SUITCASE_BROKER_USER"
export const PASSWORD_VARIABLE = "SUITCASE_BROKER_PASSWORD"

export interface Broker {
    readonly protocol: string
    readonly host: string
    readonly port: number
    /** What is behind the port, for WebSockets: "/mqtt". */
    readonly path: string
    readonly user: string | undefined
    readonly password: string | undefined
    /** Certificates of an authority that the system does not know, PEM. */
    readonly ca: string | undefined
    /** Without user and password, for messages. */
    readonly shown: string
}

/** What {@link brokerOptions} gives. */
export interface BrokerFlags {
    readonly broker: string
    /** File with user and password. */
    readonly login?: string
    /** File with certificates. */
    readonly ca?: string
}

/** For the help of commands with {@link brokerOptions}. */
export const LOGIN_HELP = `
User and password of the broker do not belong on the command line, which others
on this computer can read: put them in ${USER_VARIABLE} and
${PASSWORD_VARIABLE}, or in a file for --login, as
{"user": "…", "password": "…"}.`

/** Adds the options that say which broker, and how to be let in. */
/** @param isNeeded whether the command cannot do without a broker */
export function brokerOptions(command: Command, isNeeded = true): Command {
    const broker = new Option("--broker <url>", "mqtt://host:1883, mqtts://, ws:// or wss://")
    return command
        .addOption(broker.makeOptionMandatory(isNeeded))
        .option("--login <file>", "JSON with the broker's user and password, see below")
        .option("--ca <file>", "certificate of the broker's own authority, PEM (TLS)")
}

/** Whether an address is that of a NATS server, by its own protocol. */
export function isNats({ broker }: BrokerFlags): boolean {
    return /^(nats|tls):/.test(broker)
}

/**
 * @param warn gets a line when a password could be read by others
 * @param canNats whether nats:// and tls:// will do as well
 * @throws UsageError when the address is none, or a file is not there
 */
export function brokerOf(
    flags: BrokerFlags,
    warn: (text: string) => void,
    canNats = false
): Broker {
    const ports = canNats && isNats(flags) ? NATS_PORTS : DEFAULT_PORTS
    const broker = parseBrokerUrl(flags.broker, ports)
    if (broker.password !== undefined)
        warn(
            "the broker's password is on the command line, where others on this computer can " +
                `read it; put it in ${PASSWORD_VARIABLE}, or in a file for --login`
        )
    const login = flags.login === undefined ? fromEnvironment() : fromFile(flags.login, warn)
    const ca = flags.ca === undefined ? undefined : readCertificates(flags.ca)
    return {
        ...broker,
        user: broker.user ?? login.user,
        password: broker.password ?? login.password,
        ca,
    }
}

/** @throws UsageError when the text is no broker address */
export function parseBrokerUrl(text: string, ports = DEFAULT_PORTS): Broker {
    let url: URL | undefined
    try {
        url = new URL(text)
    } catch {
        // Reported below with the right form.
    }
    const written = /:(\d+)\/?$/.exec(text)?.[1]
    if (url === undefined && written !== undefined && Number(written) > 65535)
        throw new UsageError(`"${withoutPassword(text)}": a port is a number from 0 to 65535`)
    const defaultPort = url === undefined ? undefined : ports[url.protocol]
    if (url === undefined || defaultPort === undefined || url.hostname === "")
        throw new UsageError(
            `"${withoutPassword(text)}" is not a broker address; write mqtt://host:1883, ` +
                "mqtts://host:8883, ws:// or wss://"
        )
    const port = url.port === "" ? defaultPort : Number(url.port)
    return {
        protocol: url.protocol,
        host: url.hostname.replace(/^\[|\]$/g, ""),
        port,
        path: url.pathname === "" ? "/" : url.pathname,
        user: url.username === "" ? undefined : decoded(url.username),
        password: url.password === "" ? undefined : decoded(url.password),
        ca: undefined,
        shown: `${url.protocol}//${url.hostname}:${port}`,
    }
}

interface Login {
    readonly user: string | undefined
    readonly password: string | undefined
}

function fromEnvironment(): Login {
    const { [USER_VARIABLE]: user, [PASSWORD_VARIABLE]: password } = process.env
    return { user, password }
}

/** Warns when others can read a file of secrets. */
export function warnOfReaders(file: string, warn: (text: string) => void): void {
    // On Windows, access lists rule and these bits say nothing.
    if (process.platform !== "win32" && (statSync(file).mode & 0o044) !== 0)
        warn(`${file}: other users of this computer can read it; chmod 600 ${file}`)
}

function fromFile(file: string, warn: (text: string) => void): Login {
    const text = readText(file)
    warnOfReaders(file, warn)
    let content: unknown
    try {
        content = JSON.parse(text)
    } catch {
        // Not the parser's message: it quotes what it read.
    }
    const { user, password } = (content ?? {}) as Record<string, unknown>
    if (typeof user !== "string" || (password !== undefined && typeof password !== "string"))
        throw new UsageError(`${file}: it must be {"user": "…", "password": "…"}`)
    return { user, password }
}

function readCertificates(file: string): string {
    const text = readText(file)
    if (!text.includes("-----BEGIN CERTIFICATE-----"))
        throw new UsageError(`${file}: no certificate in PEM form (-----BEGIN CERTIFICATE-----)`)
    return text
}

/** @throws UsageError when it cannot be read */
export function readText(file: string): string {
    try {
        return readFileSync(file, "utf8")
    } catch (e) {
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
}

function decoded(text: string): string {
    try {
        return decodeURIComponent(text)
    } catch {
        return text
    }
}

function withoutPassword(text: string): string {
    return text.replace(/\/\/[^@]*@/, "//…@")
}
