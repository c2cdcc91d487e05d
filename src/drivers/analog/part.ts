import { ON_PIN, firmwareFile, type ServicePart } from "../shared/part.js"
import { AnalogModel } from "./model.js"

const FULL_SCALE_V = 3.3

export const part: ServicePart = {
    ...ON_PIN,
    maker: "any",
    name: "voltage on an analog pin",
    summary: "voltage, of batteries behind a divider and of sensors with an analog output",
    group: "electrical",
    className: "AnalogInput",
    role: "Potentiometer",
    datasheet: firmwareFile("analogsensor.c"),
    priceClass: "€",
    channels: [
        {
            name: "voltage",
            accuracy: "±1 % of the full scale after calibration (Pico W), ±3 % (ESP32)",
            normal: 1.234,
        },
    ],
    options: "fullScaleMillivolts: 3300",
    model: () =>
        new AnalogModel({
            part: "Analog pin",
            service: "potentiometer",
            input: { name: "voltage", unit: "V", min: 0, max: FULL_SCALE_V },
            share: volts => volts / FULL_SCALE_V,
        }),
}
