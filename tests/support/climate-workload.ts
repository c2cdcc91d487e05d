/**
 * Conversions of climate sensors as functions of one integer of 16 bits, to run over all
 * inputs on the board's arithmetic and in Node. Each input also stands for a temperature.
 */
import { aht20Humidity, aht20Temperature } from "../../src/drivers/aht20/conversion.js"
import { bme280Humidity } from "../../src/drivers/bme280/conversion.js"
import {
    bme680Gas,
    bme680Heater,
    bme680Humidity,
    bme688Gas,
} from "../../src/drivers/bme680/conversion.js"
import {
    type BoschCalibration,
    boschFine,
    boschPressure,
    boschTemperature,
} from "../../src/drivers/shared/bosch/compensation.js"
import { dps310Pressure, dps310Temperature } from "../../src/drivers/dps310/conversion.js"

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

const BME68X: BoschCalibration = {
    t1: 26195,
    t2: 26290,
    t3: 48,
    p1: 35395,
    p2: -10405,
    p3: 2816,
    p4: 4836,
    p5: -118,
    p6: 30,
    p7: 3328,
    p8: -765,
    p9: -3367,
    p10: 30,
}
const BME68X_MORE = {
    h1: 717,
    h2: 1021,
    h3: 3,
    h4: 45,
    h5: 20,
    h6: 120,
    h7: -100,
    gh1: -30,
    gh2: -5969,
    gh3: 18,
    heatRange: 1,
    heatValue: 50,
    rangeError: -3,
}

const DPS310 = {
    c0: 208,
    c1: -263,
    c00: 79646,
    c10: -52550,
    c01: -2989,
    c11: 1245,
    c20: -9723,
    c21: 150,
    c30: -1427,
}

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

export function bme680Pressure(input: number): number {
    return boschPressure(BME68X, scattered(input), fineOf(input))
}

export function bme680HumidityOf(input: number): number {
    return bme680Humidity(BME68X_MORE, input, fineOf(input))
}

export function bme680GasOf(input: number): number {
    return bme680Gas(BME68X_MORE, input >> 6, input & 15)
}

export function bme688GasOf(input: number): number {
    return bme688Gas(input >> 6, input & 15)
}

export function bme680HeaterOf(input: number): number {
    return bme680Heater(BME68X_MORE, 200 + (input >> 8), (input & 127) - 40)
}

export function dps310TemperatureOf(input: number): number {
    return dps310Temperature(DPS310, (input - 32768) * 240)
}

export function dps310PressureOf(input: number): number {
    const temperature = ((input * 40503) & 0xffff) - 32768
    return dps310Pressure(DPS310, (input - 32768) * 31, temperature * 240)
}
