import { type Part } from "../shared/part.js"
import { BME680Model } from "./model.js"

export const part: Part = {
    maker: "Bosch",
    name: "BME680, BME688",
    summary: "temperature and relative humidity of air, air pressure, resistance of a gas sensor",
    group: "climate",
    className: "BME680",
    addresses: [0x76, 0x77],
    datasheet: {
        title: "BME680, BST-BME680-DS001; BME688, BST-BME688-DS000",
        revision: "as in BME68x_SensorAPI 4.4.8, February 2023",
        url: "https://www.bosch-sensortec.com/products/environmental-sensors/gas-sensors/bme680/",
    },
    checkValue: "none",
    identification: "chip id 0x61",
    priceClass: "€€",
    supply: {
        measuring: { typical: 12, max: 13 },
        between: { typical: 0.00015, max: 0.001 },
        peak: 18,
        source: "BST-BME680-DS001, revision 1.3, table 6: the hot plate",
    },
    channels: [
        { name: "temperature", accuracy: "±0.5 °C at 25 °C, ±1 °C at 0 … 65 °C", normal: -12.34 },
        { name: "pressure", accuracy: "±60 Pa", normal: 98765 },
        { name: "humidity", accuracy: "±3 %RH", normal: 56.78 },
        {
            name: "gas_resistance",
            accuracy: "not specified; changes count, not values",
            normal: 54321,
            // One step of the result is up to 0.12 % of the reading.
            tolerance: ({ gas_resistance }) => 0.5 + 0.0007 * gas_resistance,
        },
    ],
    model: address => new BME680Model(address),
}
