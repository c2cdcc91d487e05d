import { type Part } from "../shared/part.js"
import { MLX90614Model } from "./model.js"

export const part: Part = {
    maker: "Melexis",
    name: "MLX90614",
    summary: "temperature of a surface, without contact",
    group: "climate",
    className: "MLX90614",
    procedures: { className: "MLX90614Emissivity", file: "drivers/mlx90614/emissivity" },
    // Any other one can be stored in the part.
    addresses: [0x5a, 0x5b],
    datasheet: {
        title: "MLX90614 family, 3901090614",
        revision: "revision 008, 28 February 2013",
        url: "https://www.melexis.com/en/product/MLX90614",
    },
    checkValue: "CRC-8 (SMBus packet error code) on each word",
    identification: "serial number",
    priceClass: "€€",
    supply: {
        measuring: { typical: 1 },
        between: { typical: 1 },
        source: "3901090614, revision 001, electrical specifications",
    },
    channels: [
        {
            name: "object_temperature",
            accuracy: "±0.5 °C from 0 to 60 °C, ±4 °C at the ends",
            normal: -12.34,
            sweep: [-70.01, 28.01, 382.19],
        },
        { name: "ambient_temperature", accuracy: "±0.5 °C from 0 to 50 °C", normal: -7.26 },
    ],
    model: address => new MLX90614Model(address),
    limits: {
        stuckBusy: "it measures by itself and has no flag for new data",
        brownOut:
            "it forgets nothing that would tell a power loss; until 0.25 s after one it can give a wrong temperature",
    },
}
