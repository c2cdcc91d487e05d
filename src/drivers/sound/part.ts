import { ON_PIN, type ServicePart } from "../shared/part.js"
import { AnalogModel } from "../analog/model.js"

export const part: ServicePart = {
    ...ON_PIN,
    maker: "DFRobot",
    name: "SEN0232",
    summary: "sound level, A-weighted",
    group: "air quality",
    className: "SoundLevel",
    role: "SoundLevel",
    datasheet: {
        title: "Gravity: Analog Sound Level Meter SKU:SEN0232 (wiki)",
        revision: "none given",
        url: "https://wiki.dfrobot.com/Gravity__Analog_Sound_Level_Meter_SKU_SEN0232",
    },
    priceClass: "€€€",
    supply: {
        measuring: { typical: 22 },
        between: { typical: 22 },
        source: "wiki.dfrobot.com, SEN0232: at 3.3 V",
    },
    channels: [
        {
            name: "sound_level",
            accuracy: "±1.5 dB(A)",
            // Of the meter; below its 0.6 V it is not alive.
            from: 25,
            to: 135,
            normal: 62.5,
        },
    ],
    options: "fullScaleMillivolts: 3300",
    model: () =>
        new AnalogModel({
            part: "Sound level meter",
            service: "soundLevel",
            input: { name: "sound_level", unit: "dB", min: 0, max: 165 },
            share: decibel => decibel / 50 / 3.3,
        }),
}
