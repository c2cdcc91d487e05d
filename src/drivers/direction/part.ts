import { ContactModel } from "../contact/model.js"
import { ON_PIN, firmwareFile, type ServicePart } from "../shared/part.js"

export const part: ServicePart = {
    ...ON_PIN,
    maker: "any",
    name: "second of two light barriers, contacts or PIR modules",
    summary: "passages and their direction, with a contact before it",
    group: "counting",
    className: "Direction",
    role: "Button",
    datasheet: firmwareFile("button.c"),
    priceClass: "€",
    // Alone it tells no direction: each closing is an unclear passage.
    options: "first: undefined",
    channels: [
        {
            name: "count_in",
            accuracy: "those that can be told; the others are unclear",
            isTotal: true,
            input: "closings",
            expected: () => 0,
            normal: 0,
        },
        {
            name: "count_out",
            accuracy: "those that can be told; the others are unclear",
            isTotal: true,
            input: "closings",
            expected: () => 0,
            normal: 0,
        },
        {
            name: "count_unclear",
            accuracy: "each one, 80 ms apart",
            isTotal: true,
            input: "closings",
            normal: 0,
            // The latest is not over yet; nobody hears of those while the service is silent.
            tolerance: ({ restarts }) => 3.5 + restarts,
        },
    ],
    // Somebody passes each four seconds.
    model: () => new ContactModel().feed("contact", t => (t % 4000 < 200 ? 1 : 0)),
}
