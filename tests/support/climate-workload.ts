/**
 * Conversions of climate sensors as functions of one integer of 16 bits, to run over all
 * inputs on the board's arithmetic and in Node. Each input also stands for a temperature.
 */
import { aht20Humidity, aht20Temperature } from "../../src/drivers/aht20/conversion.js"
import { bme280Humidity } from "../../src/drivers/bme280/conversion.js"
import {
    type BoschCalibration,
    boschFine,
    boschPressure,
    boschTemperature,
} from "../../src/drivers/bosch/compensation.js"

const BMX280: BoschCalibration = {
    t1: 27504,
    t2: 26435,
    t3: -1000,
    p1: 36477,
    p2: -10685,
    p3: 3024,
    p4: 2855,
    p5: 140,
    p6: -28,
    p7: 15500,
    p8: -14600,
    p9: 6000,
    p10: 0,
}
const HUMIDITY = { h1: 75, h2: 338, h3: 3, h4: 370, h5: 60, h6: 30 }

/** Every second of the 20-bit results below 2²⁰, scattered. */
function scattered(input: number): number {
    return (input * 16 + (input & 15)) & 0xfffff
}

/** −40 … 91 °C in 1/5120 °C. */
function fineOf(input: number): number {
    return ((input * 40503) & 0xffff) * 10 - 204800
}

export function bmx280Temperature(input: number): number {
    return boschTemperature(boschFine(BMX280, scattered(input)))
}

export function bmx280Pressure(input: number): number {
    return boschPressure(BMX280, scattered(input), fineOf(input))
}

export function bme280HumidityOf(input: number): number {
    return bme280Humidity(HUMIDITY, input, fineOf(input))
}

export function aht20TemperatureOf(input: number): number {
    return aht20Temperature(scattered(input))
}

export function aht20HumidityOf(input: number): number {
    return aht20Humidity(scattered(input))
}
