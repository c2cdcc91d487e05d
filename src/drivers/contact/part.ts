import { ON_PIN, firmwareFile, type ServicePart } from "../shared/part.js"
import { ContactModel } from "./model.js"

export const part: ServicePart = {
    ...ON_PIN,
    maker: "any",
    name: "reed switch, door contact, float switch",
    summary: "whether a contact is closed",
    group: "distance and presence",
    className: "Contact",
    role: "Button",
    datasheet: firmwareFile("button.c"),
    priceClass: "€",
    channels: [
        {
            name: "contact",
            accuracy: "closed for 10 ms and more",
            normal: 1,
            changed: 0,
            expected: ({ contact }) => (contact >= 0.5 ? 1 : 0),
        },
        // A service that begins anew tells a state that lasts as a new one.
        {
            name: "closings",
            accuracy: "each one, 50 ms apart",
            isTotal: true,
            normal: 0,
            tolerance: ({ restarts }) => 0.5 + restarts,
        },
    ],
    model: () => new ContactModel(),
}
