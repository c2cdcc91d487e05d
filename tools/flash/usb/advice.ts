/** What to do about a sensor without a reading and a broker that is not reached, in English and Danish. */
import {
    QUALITY_ABSENT,
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_OUT_OF_RANGE,
    QUALITY_STALE,
    QUALITY_TIMEOUT,
    QUALITY_WRONG_PART,
} from "../../../src/core/quality.js"
import { isGap } from "../../../src/core/quality.js"
import { type FirstReadings, type SensorReadings } from "./first-readings.js"

export type Language = "en" | "da"

type Text = Readonly<Record<Language, string>>

const NO_ROW: Text = {
    en: "has not been asked yet: its first reading comes with the next row",
    da: "er ikke spurgt endnu: den første måling kommer med næste række",
}

/** By quality. AT stands for the sensor's address. */
const GAPS: Readonly<Record<number, Text | undefined>> = {
    [QUALITY_ABSENT]: {
        en: "does not answerAT: is it connected, in the right socket, the right way round, and powered? Has it another address?",
        da: "svarer ikkeAT: er den forbundet, i det rigtige stik, rigtigt vendt, og får den strøm? Har den en anden adresse?",
    },
    [QUALITY_CRC]: {
        en: "answersAT, but damaged (checksum): take a shorter cable, and see that its plugs sit firmly",
        da: "svarerAT, men med fejl (kontrolsum): tag et kortere kabel, og se efter, at stikkene sidder fast",
    },
    [QUALITY_TIMEOUT]: {
        en: "is busy for too long, or the bus is held by a part or a wire: take the supply away from all for 10 s, then look for a short circuit between SDA, SCL and ground",
        da: "er optaget for længe, eller bussen holdes fast af en del eller en ledning: tag strømmen fra alt i 10 s, og led så efter en kortslutning mellem SDA, SCL og stel",
    },
    [QUALITY_OUT_OF_RANGE]: {
        en: "gives values that it cannot measure: is what it measures really so, or is it broken?",
        da: "giver værdier, som den ikke kan måle: er det virkelig sådan, eller er den i stykker?",
    },
    [QUALITY_STALE]: {
        en: "gives nothing new: take its supply away for 10 s",
        da: "giver ikke noget nyt: tag strømmen fra den i 10 s",
    },
    [QUALITY_WRONG_PART]: {
        en: "is not what answersAT: another part has its address; give one of them another one, or take it off",
        da: "er ikke den, der svarerAT: en anden del har dens adresse; giv en af dem en anden adresse, eller tag den af",
    },
    [QUALITY_NOT_READY]: {
        en: "answers and is starting: its first value comes with a later row",
        da: "svarer og er ved at starte: den første værdi kommer med en senere række",
    },
}

const UNKNOWN: Text = { en: "gives no reading", da: "giver ingen måling" }

/** @returns what is wrong with a sensor and what to check; undefined when each channel has a value */
export function sensorAdvice(
    { address, readings }: SensorReadings,
    language: Language
): string | undefined {
    const missing = readings.find(({ value }) => value === undefined)
    if (missing === undefined) return undefined
    if (missing.ageMs === undefined) return NO_ROW[language]
    const text = isGap(missing.quality) ? (GAPS[missing.quality] ?? UNKNOWN) : UNKNOWN
    const at = { en: " at address ", da: " på adresse " }[language] + addressText(address)
    return text[language].replace("AT", address === 0 ? "" : at)
}

function addressText(address: number): string {
    return `0x${address.toString(16).padStart(2, "0")}`
}

export type Reach = "broker" | "no Wi-Fi" | "no broker"

/** How far the node got on the way to its broker. */
export function reachOf({ state, wifi }: FirstReadings): Reach {
    if (state.isBrokerReached) return "broker"
    return wifi?.isJoined === false ? "no Wi-Fi" : "no broker"
}

const REACH: Readonly<Record<Exclude<Reach, "broker">, Text>> = {
    "no Wi-Fi": {
        en: "the board has not joined its Wi-Fi: check name and password (capital letters count); it needs 2.4 GHz, no more than 31 characters in the name, and no login page or user name (WPA-Enterprise)",
        da: "boardet er ikke på sit Wi-Fi: se navn og kodeord efter (store bogstaver tæller); det skal være 2,4 GHz, højst 31 tegn i navnet, og uden login-side eller brugernavn (WPA-Enterprise)",
    },
    "no broker": {
        en: "the broker was not reached: check its name, port, user and password, and whether this network lets the board through",
        da: "brokeren blev ikke nået: se navn, port, bruger og kodeord efter, og om netværket lader boardet komme igennem",
    },
}

/** @returns what to do; undefined when the broker is reached */
export function reachAdvice(readings: FirstReadings, language: Language): string | undefined {
    const reach = reachOf(readings)
    if (reach === "broker") return undefined
    const { problem } = readings.state
    return REACH[reach][language] + (problem === "" ? "" : ` (${problem})`)
}
