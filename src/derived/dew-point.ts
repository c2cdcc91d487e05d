import { dewPoint } from "../core/derived/dew-point.js"
import { Derived, Source } from "./derived.js"
import { dewPointChannel } from "./channels.js"

/** Dew point of the air in 0.01 °C, channel "dew_point": a surface as cold as that gets wet. */
export class DewPoint extends Derived {
    /** @param temperature in 0.01 °C @param humidity in 0.01 %RH */
    constructor(
        private readonly temperature: Source,
        private readonly humidity: Source
    ) {
        super("dew point", [temperature, humidity], [dewPointChannel("dew_point")])
    }

    protected override derive(): void {
        this.put(0, dewPoint(this.temperature.value(), this.humidity.value()))
    }
}
