/** Which pins of a board parts can be on. */
import { boardProfile } from "../../sim/board/profile.js"
import { type Board } from "../../sim/program/boards.js"
import { STRAPPING } from "../cli/build/strapping-pins.js"
import { chipOf } from "../boards/chips.js"
import { didYouMean } from "./near.js"

/** How a program starts the service of a part on a pin, by DeviceScript's class of it. */
export interface PinStart {
    /** Of @devicescript/servers. */
    readonly start: string
    /** Its arguments that name the pin. */
    readonly pinKeys: readonly string[]
    readonly isAnalog: boolean
}

const digital = (start: string, ...pinKeys: string[]): PinStart => ({
    start,
    pinKeys,
    isAnalog: false,
})
const analog = (start: string): PinStart => ({ start, pinKeys: ["pin"], isAnalog: true })

export const PIN_STARTS: Readonly<Record<string, PinStart>> = {
    // One pin for both of the encoder's: it counts the pulses of one wire.
    RotaryEncoder: digital("startRotaryEncoder", "pin0", "pin1"),
    Motion: digital("startMotion", "pin"),
    Button: digital("startButton", "pin"),
    Potentiometer: analog("startPotentiometer"),
    SoilMoisture: analog("startSoilMoisture"),
    SoundLevel: analog("startSoundLevel"),
}

/** @returns how a program starts the service of a part on a pin: a call of what {@link PinStart} names */
export function pinStartCall(role: string, pin: string): string {
    const { start, pinKeys } = PIN_STARTS[role]
    return `${start}({ ${pinKeys.map(key => `${key}: pins.${pin}`).join(", ")} })`
}

/** @param written "GP15", "D3", "GPIO2" @returns the board's own name of the pin, or undefined */
export function pinCalled(written: string, board: Board): string | undefined {
    const names = Object.keys(board.pins)
    const wanted = written.toUpperCase()
    return (
        names.find(name => name.toUpperCase() === wanted) ??
        names.find(name => name.toUpperCase().split("_").includes(wanted)) ??
        names.find(name => wanted === `GPIO${board.pins[name]}`)
    )
}

/** What is said of a pin that a board has not. */
export function unknownPin(written: string, board: Board): string {
    const names = Object.keys(board.pins)
    return `${board.id} has no pin ${written}${didYouMean(written, names)}; it has ${names.join(" ")}`
}

/** @returns why no part can be on the pin; undefined when one can */
export function pinProblem(
    pin: string,
    board: Board,
    isAnalog: boolean,
    bus: readonly number[]
): string | undefined {
    const gpio = board.pins[pin]
    const where = `pin ${pin} (GPIO${gpio}) of ${board.id}`
    if (bus.includes(gpio)) return `${where} is one of the I2C bus: take another pin`
    if (STRAPPING[board.architecture]?.includes(gpio) === true)
        return (
            `${where} decides how the board starts: a part that pulls it the wrong way when the board is ` +
            "switched on keeps it from starting. Take another pin"
        )
    if (boardProfile(board.id)?.beatPin === gpio)
        return `${where} is taken by the firmware's beat: take another pin`
    if (gpio === board.ledPin) return `${where} is that of the board's light: take another pin`
    const able = chipOf(board.architecture).analogPins
    if (isAnalog && !able.includes(gpio))
        return `${where} cannot measure a voltage; ${analogText(board, able)}`
    return undefined
}

function analogText(board: Board, able: readonly number[]): string {
    const names = Object.keys(board.pins).filter(name => able.includes(board.pins[name]))
    return names.length === 0 ? "no pin of this board can" : `${names.join(", ")} can`
}
