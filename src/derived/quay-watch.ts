import { divRound } from "../core/fixed.js"
import { Setting } from "../core/setting.js"
import { BlobCounter } from "../drivers/amg8833/blobs.js"
import { AMG8833 } from "../drivers/amg8833/driver.js"
import { numberChannel, temperatureChannel } from "../drivers/shared/channels.js"
import { Derived, Source } from "./derived.js"

const SIDE = 8
const PIXELS = 64
/** A bird fills less than two neighbouring pixels. */
const SMALLEST = 2
/** On water that glitters something must be warmer than it changes from image to image, times this factor. */
const GLITTER = 2
/** Channel of the array that has a value whenever there is an image: frost is outside of the range of others. */
const HOTTEST_PIXEL = 3
/** Of a pixel that is not looked at. */
const MASKED = -2048
const STEP = 25

/**
 * Whether something warm is in the water below a quay: "in_water", the number of warm places of at least two
 * pixels in the upper rows of two images in a row, for the sun glitters and a person stays, and "water_temperature" (0.01 °C), the mean of these rows.
 */
export class QuayWatch extends Derived {
    private readonly blobs = new BlobCounter()
    /** The colder one of the last two images, and the last image. */
    private readonly water: number[] = []
    private readonly before: number[] = []

    /**
     * @param rows rows of the image, from the top, that show water
     * @param contrast how much warmer than the water, 0.1 °C
     */
    constructor(
        private readonly array: AMG8833,
        private readonly rows: Setting,
        private readonly contrast: Setting
    ) {
        super(
            "quay",
            [new Source(array, HOTTEST_PIXEL)],
            [
                numberChannel("in_water", "warmPlaces", PIXELS),
                temperatureChannel("water_", -2000, 8000),
            ]
        )
        for (let i = 0; i < PIXELS; i++) {
            this.water.push(MASKED)
            this.before.push(MASKED)
        }
    }

    protected override derive(): void {
        const { image } = this.array
        const { water, before } = this
        const end = SIDE * this.rows.value
        let sum = 0
        let change = 0
        let warmest = MASKED
        for (let i = 0; i < end; i++) {
            const now = image[i]
            const last = before[i]
            sum = sum + now
            if (now !== last && last > MASKED) change = change + Math.abs(now - last)
            const least = now < last ? now : last
            if (least > warmest) warmest = least
            water[i] = least
            before[i] = now
        }
        const mean = divRound(sum, end)
        // 0.1 °C are 0.4 steps of 0.25 °C.
        const contrast = Math.ceil((4 * this.contrast.value) / 10)
        const glitter = divRound(GLITTER * change, end)
        const limit = mean + (glitter > contrast ? glitter : contrast)
        this.put(0, warmest < limit ? 0 : this.blobs.count(water, limit, SMALLEST))
        this.put(1, mean * STEP)
    }
}
