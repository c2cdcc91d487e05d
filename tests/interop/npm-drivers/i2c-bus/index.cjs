/**
 * Stands in for the native package i2c-bus: what the drivers open are buses of register
 * models (../linux-bus.ts). A bus that no test attached cannot be opened.
 */
"use strict"

const buses = new Map()

function busOf(number) {
    const bus = buses.get(number)
    if (bus === undefined) throw new Error(`ENOENT: there is no bus ${number}`)
    return bus
}

module.exports = {
    /** Only for tests: from now on, this is the bus of that number. */
    attach: (number, bus) => buses.set(number, bus),
    openSync: number => busOf(number).callbackBus,
    openPromisified: async number => busOf(number).promisedBus,
}
