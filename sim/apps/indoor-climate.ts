import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { SCD4xModel } from "../../src/drivers/scd4x/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { type KitApp } from "./app.js"

/** A room: the air of one recording, the light of another. */
export const indoorClimate: KitApp = {
    name: "indoor-climate",
    title: "indoor climate of a room",
    sensors: () => [new SHT4xModel(), new SCD4xModel(), new BH1750Model()],
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
