/** Pictures of the flash page for the guides: each step, with a board of the kit that is written and runs. */
import { BME280Model } from "../../src/drivers/bme280/model.js"
import { booted } from "./booted.js"
import { PageBench, type FlashPage } from "./page-bench.js"

export const SCREENSHOT_FOLDER = "docs/flash-page"
/** In the midst of the program. */
const PAUSED_AFTER = 400
const LOOK_MS = 100
/** Of WebP: letters stay sharp, and a picture stays below 60 KB. */
const QUALITY = 0.7
/** As wide as a page of the guides, px. */
const WIDTH = 640

export interface Screenshot {
    /** "3-connect.da.webp" */
    readonly name: string
    readonly bytes: Uint8Array
}

/** @returns them in the order of the steps, first in English, then in Danish */
export async function* screenshots(): AsyncGenerator<Screenshot> {
    const bench = await PageBench.start()
    try {
        for (const language of ["en", "da"] as const)
            for (const { step, bytes } of await picturesOf(bench, language)) {
                const end = language === "en" ? "webp" : "da.webp"
                yield { name: `${step}.${end}`, bytes }
            }
    } finally {
        await bench.stop()
    }
}

async function picturesOf(bench: PageBench, language: "en" | "da") {
    const pictures: { readonly step: string; readonly bytes: Uint8Array }[] = []
    const page = await bench.open({ language, width: WIDTH })
    const take = async (step: string) => {
        await page.page.mouse.move(0, 0)
        const png = await page.page.locator("#page").screenshot()
        pictures.push({ step, bytes: await webpOf(page, png) })
    }
    await page.boards(doubles => doubles.plugPico({}), undefined)
    await take("1-node")
    await page.choose("shed")
    await page.page.setInputFiles("#secrets", bench.secretFiles)
    await page.page.getByText(/^(?:Found|Fundet)/).waitFor()
    await take("2-settings")
    await page.press(/^(?:Continue|Fortsæt)$/)
    await page.at("connect")
    await take("3-connect")
    await page.connect()
    await page.at("write")
    await writing(page, () => take("4-write"))
    await page.at("readings")
    const model = new BME280Model()
    model.feed("temperature", () => 21.4)
    model.feed("humidity", () => 43)
    model.feed("pressure", () => 101_325)
    const { world, sim } = await booted("shed", await page.store("rp2040w"), model)
    await page.run(world, sim)
    await page.press(/^(?:Show readings|Vis målinger)$/)
    await page.page.waitForSelector(".sensors > .good + .good")
    await take("5-readings")
    await page.press(/^(?:Continue|Fortsæt)$/)
    await page.at("label")
    await take("6-label")
    await page.close()
    return pictures
}

/** Stops the board in the midst of its program, so that each picture shows the same. */
async function writing(page: FlashPage, take: () => Promise<void>): Promise<void> {
    await page.boards((doubles, operations) => doubles.pauseAfter(operations), PAUSED_AFTER)
    await page.press(/^(?:Write to this board|Skriv på dette board)$/)
    while (!(await page.boards(doubles => doubles.isPaused(), undefined)))
        await page.page.waitForTimeout(LOOK_MS)
    await take()
    await page.boards(doubles => doubles.goOn(), undefined)
}

/** A third of the size of PNG; the browser has the encoder. */
async function webpOf(page: FlashPage, png: Uint8Array): Promise<Uint8Array> {
    const blank = await page.page.context().newPage()
    const base64 = Buffer.from(png).toString("base64")
    const text = await blank.evaluate<string>(`(async () => {
        const bytes = Uint8Array.from(atob("${base64}"), text => text.charCodeAt(0))
        const image = await createImageBitmap(new Blob([bytes]))
        const canvas = new OffscreenCanvas(image.width, image.height)
        canvas.getContext("2d").drawImage(image, 0, 0)
        const blob = await canvas.convertToBlob({ type: "image/webp", quality: ${QUALITY} })
        const webp = new Uint8Array(await blob.arrayBuffer())
        return btoa(Array.from(webp, byte => String.fromCharCode(byte)).join(""))
    })()`)
    await blank.close()
    return new Uint8Array(Buffer.from(text, "base64"))
}
