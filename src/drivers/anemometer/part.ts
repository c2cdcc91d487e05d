import { ON_PIN, firmwareFile, type Inputs, type ServicePart } from "../shared/part.js"
import { RotaryEncoderModel } from "../pulses/model.js"

/** 0.01 m/s that one pulse a second stands for. */
const PER_HERTZ = 66.67

/** One pulse more or less between two samples, and 5 ms of doubt about the time between them. */
function tolerance({ frequency, interval = ON_PIN.everyMs }: Inputs): number {
    return 0.5 + (PER_HERTZ * (1000 + frequency * 5)) / interval
}

export const part: ServicePart = {
    ...ON_PIN,
    maker: "any",
    name: "cup anemometer",
    summary: "wind speed, from the turns of cups",
    group: "climate",
    className: "Anemometer",
    role: "RotaryEncoder",
    datasheet: firmwareFile("rotaryencoder.c"),
    priceClass: "€€",
    channels: [
        {
            name: "wind_speed",
            accuracy: "±1 pulse between two samples; the cups themselves ±5 %",
            input: "frequency",
            expected: ({ frequency }) => PER_HERTZ * frequency,
            normal: 9.5,
            tolerance,
        },
    ],
    settleSamples: 2,
    model: () => new RotaryEncoderModel(),
}
