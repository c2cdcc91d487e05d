/** Names of what is measured, for people. */
import { type BothLanguages } from "../../kit-export.js"
import { type Language } from "./words.js"

const CHANNELS: Readonly<Record<string, BothLanguages | undefined>> = {
    temperature: { en: "temperature", da: "temperatur" },
    humidity: { en: "humidity", da: "luftfugtighed" },
    pressure: { en: "air pressure", da: "lufttryk" },
    co2: { en: "CO₂", da: "CO₂" },
    illuminance: { en: "light", da: "lys" },
    distance: { en: "distance", da: "afstand" },
    voltage: { en: "voltage", da: "spænding" },
    current: { en: "current", da: "strøm" },
    power: { en: "power", da: "effekt" },
}

/** @param name of a channel: "outside_temperature", of which all but known names stay as they are */
export function channelWords(name: string, language: Language): string {
    return CHANNELS[name]?.[language] ?? name.replaceAll("_", " ")
}
