import { ON_PIN, firmwareFile, type ServicePart } from "../shared/part.js"
import { AnalogModel } from "../analog/model.js"

/** Readings of the part under test in air and in water, as shares of the full scale. */
const DRY = 52000 / 65536
const WET = 22000 / 65536

export const part: ServicePart = {
    ...ON_PIN,
    maker: "any",
    name: "capacitive soil moisture sensor, analog (v1.2, SEN0193)",
    summary: "moisture of soil, between air and water",
    group: "climate",
    className: "SoilMoisture",
    role: "SoilMoisture",
    datasheet: firmwareFile("analogsensor.c"),
    priceClass: "€",
    supply: {
        measuring: { typical: 5 },
        between: { typical: 5 },
        source: "pages of SunFounder and RoboGears on the SEN0193",
    },
    channels: [
        {
            name: "soil_moisture",
            accuracy: "relative; ±5 % of the range in one kind of soil",
            normal: 34.5,
            // Beyond the points it was calibrated at it cannot tell.
            expected: inputs => 10 * Math.min(100, Math.max(0, inputs["soil_moisture"])),
            tolerance: 1,
        },
    ],
    options: "dry: 52000, wet: 22000",
    model: () =>
        new AnalogModel({
            part: "Soil moisture sensor",
            service: "soilMoisture",
            input: { name: "soil_moisture", unit: "/100", min: -10, max: 110 },
            share: percent => DRY + ((WET - DRY) * percent) / 100,
        }),
}
