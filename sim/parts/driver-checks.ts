/**
 * The checks that every driver has to pass: one fault after the other at every
 * place of a sample where it can strike. Tests judge the outcomes.
 */
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { type DriverRig, type RigSample } from "./driver-rig.js"

/** A rig that has given good samples, and the model that gets the faults. */
export interface Bench {
    readonly rig: DriverRig
    readonly model: RegisterModel
}

/** What the first driver of a rig gave in and after a sample with a fault. */
export interface FaultOutcome {
    /** The transfer or word of the sample that the fault struck; counts from 1. */
    readonly at: number
    readonly faulty: RigSample
    readonly after: readonly RigSample[]
    /** Panics of the program. */
    readonly panics: number
}

/** Traffic between the first driver and its part in one sample. */
interface Traffic {
    transfers: number
    /** Bytes read from the part. */
    bytes: number
}

/**
 * Leaves one transfer after the other of a sample unacknowledged, each on a fresh bench.
 * @param make gives a bench at the end of a good sample
 * @param after how many samples to take after the faulty one
 */
export async function nackEachTransfer(
    make: () => Promise<Bench>,
    after: number
): Promise<FaultOutcome[]> {
    const { transfers } = await trafficOfSample(await make())
    return strikeEach(make, allPlaces(transfers), after, ({ model }, n) => {
        model.faults.nackTransfer = n
    })
}

/** Flips one checksum after the other of a sample, each on a fresh bench; words have 3 B. */
export async function flipEachWord(
    make: () => Promise<Bench>,
    after: number
): Promise<FaultOutcome[]> {
    const { bytes } = await trafficOfSample(await make())
    return strikeEach(make, allPlaces(bytes / 3), after, ({ model }, n) => {
        model.faults.flipCrcWord = n
    })
}

/**
 * Interrupts the part's supply after one transfer after the other of a sample.
 * @param choose which of N places, counted from 1; default all
 */
export async function brownOutAfterEachTransfer(
    make: () => Promise<Bench>,
    after: number,
    choose = allPlaces
): Promise<FaultOutcome[]> {
    const { transfers } = await trafficOfSample(await make())
    return strikeEach(make, choose(transfers), after, ({ rig, model }, n) => {
        let left = n
        rig.node.bus.onTransfer = ({ address, unixMs }) => {
            if (address === model.address && --left === 0) model.brownOut(unixMs)
        }
    })
}

function allPlaces(count: number): number[] {
    return Array.from({ length: count }, (_, i) => i + 1)
}

async function strikeEach(
    make: () => Promise<Bench>,
    places: readonly number[],
    after: number,
    strike: (bench: Bench, place: number) => void
): Promise<FaultOutcome[]> {
    const outcomes: FaultOutcome[] = []
    for (const at of places) {
        const bench = await make()
        strike(bench, at)
        const faulty = await nextSample(bench.rig)
        const following: RigSample[] = []
        for (let i = 0; i < after; i++) following.push(await nextSample(bench.rig))
        outcomes.push({ at, faulty, after: following, panics: bench.rig.node.panics.length })
    }
    return outcomes
}

async function trafficOfSample({ rig, model }: Bench): Promise<Traffic> {
    const traffic: Traffic = { transfers: 0, bytes: 0 }
    rig.node.bus.onTransfer = ({ address, result }) => {
        if (address !== model.address) return
        traffic.transfers++
        traffic.bytes += result.data.length
    }
    await nextSample(rig)
    rig.node.bus.onTransfer = undefined
    return traffic
}

/** The next sample of the first driver. */
async function nextSample(rig: DriverRig): Promise<RigSample> {
    for (;;) {
        const [sample] = await rig.take(1)
        if (sample.driver === rig.running[0]) return sample
    }
}
