/** The flash page from the first screen to the label, in a real browser, against doubles of boards. */
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { readStore } from "../../tools/flash/store/read.js"
import { describeWith } from "../support/describe-with.js"
import { KIT, PageBench, SECRETS, type FlashPage } from "./page-bench.js"

const C3_STORE = [0x1c0000, 0x200000] as const

let bench: PageBench

describeWith("chromium", "the flash page", () => {
    beforeAll(async () => {
        bench = await PageBench.start()
    })
    afterAll(async () => await bench.stop())

    it("goes by", async () => {
        const page = await bench.open()
        await page.boards(doubles => doubles.plugEsp({ chip: "ESP32-C3" }), undefined)
        await page.toConnect("hall")
        await page.connectAndWrite()
        await page.at("readings")
        const store = readStore(await page.flash(...C3_STORE))
        expect([...store.values.keys()]).toEqual([])
    })
})
