/**
 * What is known of a part beside its driver: for the list of sensors, the common
 * suite of tests and `suitcase try`. Each part's folder has a `part.ts` that exports
 * one description; nothing else lists the parts. Runs in Node only.
 */
import { type RegisterModel } from "./register-model.js"
import { type ServiceModel } from "./pins/service-model.js"

/** Rough price of one breakout board, 2026: below 10 €, 10 to 30 €, above 30 €. */
export type PriceClass = "€" | "€€" | "€€€"

/** What a part is for, in the order in which lists show it. */
export type PartGroup =
    | "climate"
    | "air quality"
    | "light"
    | "distance and presence"
    | "motion"
    | "counting"
    | "electrical"
    | "time"

/** The physical inputs of a model by their name, in the input's unit. */
export type Inputs = Readonly<Record<string, number>>

/** A supply current, mA. */
export interface Current {
    /** Typical; the largest one where the datasheet states only that. */
    readonly typical: number
    readonly max?: number
}

/** What a part takes from its supply, as the driver runs it. */
export interface PartSupply {
    /** While a sample is in progress. */
    readonly measuring: Current
    /** Between two samples; the same for a part that measures by itself. */
    readonly between: Current
    /** Of some ms or less, mA. */
    readonly peak?: number
    /** Where the figures stand. */
    readonly source: string
}

/** How long after its start, or after a power loss, a reading is not settled yet. */
export interface WarmUp {
    readonly seconds: number
    /** Where the time stands, or what it is derived from. */
    readonly source: string
}

/** One channel of the driver and what it shows of the model. */
export interface PartChannel {
    /** The driver's channel, without prefix. */
    readonly name: string
    /** Accuracy from the datasheet, typical: "±0.2 °C". */
    readonly accuracy: string
    /** Its readings have the quality "warming up" for this time; default: none. */
    readonly warmUp?: WarmUp
    /** The model's input that it shows; default the channel's own name. */
    readonly input?: string
    /**
     * A number that only grows, of what happened since the start: the model hands it out
     * under the name of the input, or of the channel, and has no such input to sweep.
     */
    readonly isTotal?: boolean
    /** The input at which faults are tested, in the input's unit; neither an end of the scale nor 0. */
    readonly normal: number
    /** An input that reads differently; default a tenth more, or less. */
    readonly changed?: number
    /** Further inputs to sweep through: changes of range, datasheet's examples. */
    readonly sweep?: readonly number[]
    /** Limits of the sweep where the model's are too wide to make sense. */
    readonly from?: number
    readonly to?: number
    /** Largest error, in steps of the channel; default half a step and the model's epsilon. */
    readonly tolerance?: number | ((inputs: Inputs) => number)
    /**
     * The reading that is right for these inputs, in steps of the channel, where it is
     * not simply the input; undefined when only a gap is right.
     */
    readonly expected?: (inputs: Inputs) => number | undefined
}

/** What a part cannot tell; each reason stands in the list of sensors as a known limit. */
export interface PartLimits {
    /** Why readings go on although the part is stuck busy. */
    readonly stuckBusy?: string
    /** Why another part at its address can be mistaken for it. */
    readonly wrongPart?: string
    /** Why reads of all ones or zeros can be mistaken for a measurement; it must not be "ok" then. */
    readonly restingBus?: string
    /** Why a loss of the part's supply can give one wrong reading. */
    readonly brownOut?: string
    /** Why readings can be off, "warming up", when other firmware ran the part just before. */
    readonly warmStart?: string
}

/** What is known of a part, whatever it hangs on. */
interface PartFacts {
    readonly maker: string
    /** As printed on the part: "SHT40, SHT41, SHT45". */
    readonly name: string
    /** What it measures, in a few words: "temperature and humidity of air". */
    readonly summary: string
    readonly group: PartGroup
    /** Class that driver.ts exports. */
    readonly className: string
    /** 7-bit addresses that the part can be set to, the default one first; none on a pin. */
    readonly addresses: readonly number[]
    readonly datasheet: {
        readonly title: string
        /** As the document names it: "version 6.5, July 2024". */
        readonly revision: string
        readonly url: string
    }
    /** How data are protected on the bus: "CRC-8 on each word", "none". */
    readonly checkValue: string
    /** How the driver knows the part: "serial number", "chip id 0x60", "none". */
    readonly identification: string
    readonly priceClass: PriceClass
    /** Left out where no figures were found. */
    readonly supply?: PartSupply
    /** Another folder with a driver of the very same chip, for which this one is no wrong part. */
    readonly sameChipAs?: string
    /** In the order of the driver's channels. */
    readonly channels: readonly PartChannel[]
    /** Options of the driver under test as DeviceScript source, without address and prefix: "only: \"co2\"". */
    readonly options?: string
    /** Time between samples in tests, ms; default 1000. Parts that measure by themselves need their interval. */
    readonly everyMs?: number
    /** Samples until a change of the input is sure to be seen; default 1. */
    readonly settleSamples?: number
    /** Samples after the end of a fault until readings must be back; default 1. */
    readonly recoverSamples?: number
    /** Samples after power-up until there is a reading; default 1. */
    readonly startSamples?: number
    /** Why it is asked before the longest time is over in which it may be measuring; default it is not. */
    readonly askedEarly?: string
    /** Longest time that one sample may take, faults included, ms; default 3000. */
    readonly sampleLimitMs?: number
    readonly limits?: PartLimits
    /** What the part can do to itself, see procedures.ts: the class, made of bus and driver, and its file; default nothing. */
    readonly procedures?: { readonly className: string; readonly file: string }
}

/** A part on the I2C bus. */
export interface I2cPart extends PartFacts {
    readonly bus?: "I2C"
    /** A new part at this address, its inputs not fed yet. */
    readonly model: (address: number) => RegisterModel
}

/** A part on a pin, which the board's firmware offers as a service. */
export interface ServicePart extends PartFacts {
    readonly bus: "service"
    readonly addresses: readonly number[]
    /** DeviceScript's class of the service: "RotaryEncoder". */
    readonly role: string
    /** A new part, its inputs not fed yet; the number is of no meaning. */
    readonly model: (address?: number) => ServiceModel
}

export type Part = I2cPart | ServicePart

/** What the descriptions of all parts on pins have in common. */
export const ON_PIN = {
    bus: "service",
    addresses: [],
    checkValue: "none",
    identification: "none",
    everyMs: 2000,
    startSamples: 2,
    // A service that went is missed after 2 s, one that came is taken after 1 s more.
    recoverSamples: 3,
} as const

/** The file that says how the firmware samples a pin, as the datasheet of its service. */
export function firmwareFile(file: string): I2cPart["datasheet"] {
    return {
        title: `jacdac-c, services/${file}`,
        revision: "a1bcc47, March 2025",
        url: `https://github.com/microsoft/jacdac-c/blob/main/services/${file}`,
    }
}
