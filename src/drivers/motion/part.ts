import { ON_PIN, firmwareFile, type ServicePart } from "../shared/part.js"
import { MotionModel } from "./model.js"

export const part: ServicePart = {
    ...ON_PIN,
    maker: "any",
    name: "PIR module (HC-SR501, AM312)",
    summary: "movement of people",
    group: "distance and presence",
    className: "Motion",
    role: "Motion",
    datasheet: firmwareFile("motion.c"),
    priceClass: "€",
    supply: {
        measuring: { typical: 0.05 },
        between: { typical: 0.05 },
        source: "public pages on the HC-SR501: below 50 µA",
    },
    channels: [
        {
            name: "motion",
            warmUp: {
                seconds: 60,
                source: "about a minute of false movements after power-on, public pages on the HC-SR501",
            },
            accuracy: "movements of 0.13 s and more",
            normal: 1,
            changed: 0,
            // What began since the sample before counts, too.
            expected: ({ motion, since }) => (motion >= 0.5 || since === 1 ? 1 : 0),
        },
        // A service that begins anew tells a state that lasts as a new one.
        {
            name: "movements",
            warmUp: {
                seconds: 60,
                source: "about a minute of false movements after power-on, public pages on the HC-SR501",
            },
            accuracy: "each one",
            isTotal: true,
            normal: 0,
            tolerance: ({ restarts }) => 0.5 + restarts,
        },
    ],
    settleSamples: 2,
    model: () => new MotionModel(),
}
