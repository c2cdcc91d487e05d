import { ON_PIN, firmwareFile, type Inputs, type ServicePart } from "../shared/part.js"
import { RotaryEncoderModel } from "./model.js"

/** One pulse more or less between two samples, and 5 ms of doubt about the time between them; in mHz. */
function tolerance({ frequency, interval = ON_PIN.everyMs }: Inputs): number {
    return 0.5 + (1e6 + frequency * 5000) / interval
}

export const part: ServicePart = {
    ...ON_PIN,
    maker: "any",
    name: "pulses on a pin",
    summary: "number and rate of pulses, of contacts and open collectors",
    group: "counting",
    className: "PulseCounter",
    role: "RotaryEncoder",
    datasheet: firmwareFile("rotaryencoder.c"),
    priceClass: "€",
    channels: [
        {
            name: "pulses",
            accuracy: "every pulse up to the board's highest rate",
            isTotal: true,
            normal: 0,
        },
        {
            name: "frequency",
            accuracy: "±1 pulse between two samples",
            normal: 12.5,
            tolerance,
        },
    ],
    settleSamples: 2,
    model: () => new RotaryEncoderModel(),
}
