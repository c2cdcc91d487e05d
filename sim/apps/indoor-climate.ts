import { part as bh1750 } from "../../src/drivers/bh1750/part.js"
import { SCD4xModel } from "../../src/drivers/scd4x/model.js"
import { part as scd4x } from "../../src/drivers/scd4x/part.js"
import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { part as sht4x } from "../../src/drivers/sht4x/part.js"
import { type KitApp } from "./app.js"

/** A room: the air of one recording, the light of another. */
export const indoorClimate: KitApp = {
    name: "indoor-climate",
    title: "indoor climate of a room",
    parts: () => [
        { folder: "sht4x", model: new SHT4xModel(), part: { ...sht4x, folder: "sht4x" } },
        { folder: "scd4x", model: new SCD4xModel(), part: { ...scd4x, folder: "scd4x" } },
        { folder: "bh1750", model: new BH1750Model(), part: { ...bh1750, folder: "bh1750" } },
    ],
    feeds: [
        { channel: "temperature", trace: "scd30-room.csv", firstDay: "2024-01-15" },
        { channel: "humidity", trace: "scd30-room.csv", firstDay: "2024-01-15" },
        { channel: "co2", trace: "scd30-room.csv", firstDay: "2024-01-15" },
        {
            channel: "illuminance",
            trace: "uci-room-light.csv",
            firstDay: "2017-12-23",
            interpolation: "previous",
        },
    ],
}
