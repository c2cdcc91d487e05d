import { ON_PIN, firmwareFile, type ServicePart } from "../shared/part.js"
import { RotaryEncoderModel } from "../pulses/model.js"

export const part: ServicePart = {
    ...ON_PIN,
    maker: "any",
    name: "tipping-bucket rain gauge",
    summary: "rain, from the tips of a bucket",
    group: "climate",
    className: "RainGauge",
    role: "RotaryEncoder",
    datasheet: firmwareFile("rotaryencoder.c"),
    priceClass: "€€",
    channels: [
        {
            name: "precipitation",
            accuracy: "±1 tip; the bucket itself ±5 % and worse in heavy rain",
            isTotal: true,
            input: "pulses",
            // One step is one tip.
            expected: ({ pulses }) => pulses,
            normal: 0,
        },
    ],
    model: () => new RotaryEncoderModel().feed("frequency", 2),
}
