/** What a kit file says, what is inherited, and what is wrong with one: place, words, remedy, all in one run. */
import { readFileSync } from "node:fs"
import path from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { openSettings } from "../../tools/kit/node-settings.js"
import { MOST_FILE_BYTES } from "../../tools/kit/source.js"
import { PLAIN, fileWith, kitOf, problemsOf } from "./kit-bench.js"

const NINE = readFileSync(path.join(PROJECT_ROOT, "tests/kit/nine-nodes.yaml"), "utf8")

describe("a kit file", () => {
    it("hands settings, places and notifications down from file to site to kit to node", async () => {
        const { nodes, sites, kits } = await kitOf(NINE)
        expect(nodes).toHaveLength(9)
        expect(sites.map(({ name, title }) => [name, title])).toEqual([["townhall", "Rådhuset"]])
        expect(kits.map(({ name, site }) => [name, site])).toEqual([
            ["suitcase-1", "townhall"],
            ["suitcase-2", "townhall"],
        ])
        const node = (name: string) => nodes.find(other => other.name === name)
        expect(node("trail")?.settings.interval, "of the kit").toBe("5m")
        expect(node("energy")?.settings.interval, "of the node").toBe("1m")
        expect(node("indoor")?.settings.interval, "of the file").toBe("1m")
        expect(node("trail")?.settings.broker).toEqual({ host: "mqtt.city.example", port: 1883 })
        expect(node("trail")?.place).toEqual({ lat: 56.1531, lon: 10.2046, height: 2 })
        expect(node("waste-bin")?.notification).toEqual({
            threshold: "3d",
            email: "iot@city.example",
        })
    })

    it("takes the settings of an application, and says what it does not have and what is out of range", async () => {
        const bin = "board: suitcase_xiao_c3\napp: waste-bin\n"
        const { nodes } = await kitOf(
            fileWith(`${bin}settings: { app: { empty: 870, full: 150 } }`)
        )
        expect(openSettings(nodes[0])).toMatchObject({ app: "empty=870,full=150" })
        const wrong = `${bin}settings: { app: { empty: 5, height: 3 } }`
        expect(await problemsOf(fileWith(wrong))).toEqual([
            expect.stringMatching(/empty takes 100 to 4000 mm$/),
            expect.stringMatching(
                /this program has no setting "height"; it has empty, full, alarm-level/
            ),
        ])
        const sensors = `${PLAIN}\nsettings: { app: { empty: 870 } }`
        expect((await problemsOf(fileWith(sensors))).join()).toContain('no setting "empty"')
    })

    it("takes a broker key by key, and a Wi-Fi network as a whole: a password belongs to one network", async () => {
        const root = `settings: { broker: { host: a.example, port: 1884 }, wifi: { ssid: One, password: $ONE } }`
        const own = `${PLAIN}\nsettings: { broker: { tls: true }, wifi: { ssid: Open } }`
        const { nodes } = await kitOf(fileWith(own, root))
        expect(nodes[0].settings).toEqual({
            broker: { host: "a.example", port: 1884, tls: true },
            wifi: { ssid: "Open" },
        })
    })

    it.each([
        ["Windows line ends", NINE.replaceAll("\n", "\r\n")],
        ["a byte order mark", `\uFEFF${NINE}`],
    ])("is read with %s", async (_what, text) => {
        expect((await kitOf(text)).nodes).toHaveLength(9)
    })
})

/** What is written, where it is refused, and in which words. */
const REFUSED: readonly [what: string, text: string, ...problems: RegExp[]][] = [
    ["an empty file", "", /^1:1: .*empty|needs/],
    ["a list", "- 1", /^1:1: the file takes keys with values/],
    ["another version", fileWith(PLAIN).replace("version: 1", "version: 2"), /^1:10: version is 1/],
    [
        "an unknown key, with the one that is meant",
        fileWith(`${PLAIN}\nplaec: { lat: 1, lon: 2 }`),
        /^11:13: a node has no key "plaec"; did you mean place\?$/,
    ],
    [
        "a key that is elsewhere",
        fileWith(`${PLAIN}\ninterval: 60`),
        /^11:13: a node has no key "interval": an interval belongs under settings/,
    ],
    [
        "a server of the time",
        fileWith(PLAIN, "settings: { ntp: pool.ntp.org }"),
        /^2:13: settings has no key "ntp": nodes get their time from suitcase listen/,
    ],
    [
        "a number in quotes",
        fileWith(PLAIN, 'settings: { broker: { host: a.b, port: "1883" } }'),
        /^2:40: port takes a number: write 1883 without quotes$/,
    ],
    [
        "a comma in a number",
        fileWith(`${PLAIN}\nplace: { lat: "56,15", lon: 10.2 }`),
        /^11:27: lat takes a number: write it with a point, 56\.15$/,
    ],
    [
        "a place off the Earth",
        fileWith(`${PLAIN}\nplace: { lat: 91, lon: 0 }`),
        /^11:27: lat is at most 90, got 91$/,
    ],
    [
        "a name that is a number",
        fileWith(PLAIN).replace("name: hall", "name: 0x10"),
        /^8:19: name takes a text: put it into quotes, "0x10"$/,
    ],
    [
        "a name with a slash",
        fileWith(PLAIN).replace("name: hall", "name: a/b"),
        /^8:19: name takes 1 to 64 letters/,
    ],
    [
        "a name with a wildcard",
        fileWith(PLAIN).replace("name: hall", 'name: "#"'),
        /^8:19: name takes 1 to 64 letters/,
    ],
    [
        "a Danish name",
        fileWith(PLAIN).replace("name: hall", "name: rådhus"),
        /^8:19: .*there is title$/,
    ],
    [
        "a long name",
        fileWith(PLAIN).replace("name: hall", `name: ${"a".repeat(65)}`),
        /^8:19: name takes 1 to 64/,
    ],
    ["an empty value", fileWith(`${PLAIN}\ntitle:`), /^11:19: title is empty/],
    [
        "yes for true",
        fileWith(PLAIN, "settings: { seal: yes }"),
        /^2:19: seal takes true or false: write true$/,
    ],
    [
        "a password in the file, without repeating it",
        fileWith(PLAIN, "settings: { wifi: { ssid: City, password: hunter22 } }"),
        /^2:43: password is a secret(?!.*hunter)/,
    ],
    [
        "an interval of nothing",
        fileWith(PLAIN, "settings: { interval: 0 }"),
        /^2:23: interval takes a time/,
    ],
    [
        "an interval of more than a day",
        fileWith(PLAIN, "settings: { interval: 2d }"),
        /^2:23: interval takes a time/,
    ],
    [
        "a network name that an ESP32 never joins",
        fileWith(PLAIN, `settings: { wifi: { ssid: ${"n".repeat(32)} } }`),
        /^2:27: ssid takes 1 to 31 B/,
    ],
    [
        "a board that is none",
        fileWith(PLAIN.replace("suitcase_xiao_c3", "xiao_c3")),
        /^9:20: there is no board "xiao_c3"; did you mean suitcase_xiao_c3\?$/,
    ],
    [
        "a node without anything to do",
        fileWith("board: pico_w"),
        /^8:13: a node needs sensors.*or app/,
    ],
    [
        "a part for an application that measures nothing of what it reads",
        fileWith("board: suitcase_xiao_c3\napp: indoor-climate\nsensors: [bmp280]"),
        /bmp280 measures .*, and takes the place of none of the program's parts: .*scd4x \(co2\)/,
    ],
    [
        "a part that an application has already",
        fileWith("board: suitcase_xiao_c3\napp: indoor-climate\nsensors: [scd4x]"),
        /the program has scd4x of its own: leave it out here/,
    ],
    [
        "a program that is not there",
        fileWith("board: suitcase_xiao_c3\napp: outdoor-climate"),
        /^10:18: there is no program outdoor-climate: no devs\/outdoor-climate\.ts/,
    ],
    [
        "TLS on a Pico W",
        fileWith(
            PLAIN.replace("xiao_c3", "pico_w"),
            "settings: { broker: { host: a.b, tls: true } }"
        ),
        /^9:20: suitcase_pico_w cannot connect with TLS: take an ESP32/,
    ],
    [
        "an address as broker of a Pico W",
        fileWith(PLAIN.replace("xiao_c3", "pico_w"), "settings: { broker: { host: 10.0.0.7 } }"),
        /^9:20: suitcase_pico_w connects to names only/,
    ],
    [
        "an S3 without pins for its bus",
        fileWith(PLAIN.replace("suitcase_xiao_c3", "esp32s3_devkit_m")),
        /^9:20: esp32s3_devkit_m has no pins of its own for I2C: write i2c:/,
    ],
    ["a tab", `version: 1\nsites:\n\t- name: a`, /^3:1: a tab: YAML is indented with spaces/],
    ["a key twice", `version: 1\nversion: 1`, /^2:1: this key is there twice/],
    ["an alias", "version: 1\nsites: &a [*a]", /^2:11: an anchor/, /^2:12: an alias/],
    ["a merge key", "version: 1\nsites: { <<: { a: 1 } }", /^2:10: no merge keys/],
    ["a tag", "version: !!binary aGVq\nsites: []", /^1:19: a tag/],
    [
        "a second document",
        `${fileWith(PLAIN)}---\nversion: 1\n`,
        /^\d+:\d+: a kit file is one document/,
    ],
    ["a prototype", "version: 1\n__proto__: { a: 1 }", /^2:1: this cannot be a key/],
    ["a zero byte", "version: 1\n# \0", /^2:3: a zero byte/],
    ["a thousand brackets", `version: ${"[".repeat(1000)}`, /^1:74: nested too deep/],
    ["a thousand lists in a line", `${"- ".repeat(1000)}a`, /^1:1: nested too deep/],
]

describe("a kit file is refused, with place and remedy, for", () => {
    it.each(REFUSED)("%s", async (_what, ...rest) => {
        const [text, ...expected] = rest
        const problems = await problemsOf(text)
        for (const problem of expected)
            expect(problems, String(problem)).toContainEqual(expect.stringMatching(problem))
    })

    it("a bomb of aliases, at once", async () => {
        const levels = Array.from(
            { length: 20 },
            (_, i) => `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`
        )
        const problems = await problemsOf(["a: &a-1 [x]", ...levels].join("\n"))
        expect(problems.length).toBeGreaterThan(40)
    })

    it("other encodings than UTF-8, at the first letter of another one", async () => {
        const danish = Buffer.from("version: 1\n# r\xe5dhus\n", "latin1")
        expect(await problemsOf(danish)).toEqual([expect.stringMatching(/^2:4: not UTF-8/)])
        const wide = Buffer.from(`\uFEFF${NINE}`, "utf16le")
        expect(await problemsOf(wide)).toEqual([expect.stringMatching(/^1:1: the file is UTF-16/)])
    })

    it("more than a megabyte", async () => {
        const huge = Buffer.alloc(MOST_FILE_BYTES + 1, "#")
        expect(await problemsOf(huge)).toEqual([
            expect.stringMatching(/^1:1: the file has 1048577 B/),
        ])
    })

    it("two nodes of one name, wherever they are, also in capital letters", async () => {
        const other = `
  - name: library
    kits:
      - name: suitcase-1
        nodes:
          - { name: HALL, board: pico_w, sensors: [bme280] }
`
        expect(await problemsOf(fileWith(PLAIN) + other.slice(1))).toContainEqual(
            expect.stringMatching(/^15:21: a node is called hall already, in line 8/)
        )
    })

    it("everything at once, in the order of the file", async () => {
        const text = fileWith(
            "board: xiao\nsensors:\n  - shr4x\n  - { part: scd41, altitude: 9000 }\nplace: { lat: 1 }"
        )
        const problems = await problemsOf(text)
        expect(problems.map(problem => problem.split(":")[0])).toEqual(["9", "11", "12", "13"])
    })
})

describe("hostile kit files", () => {
    it("never stop the reader with anything but problems", { timeout: 120_000 }, async () => {
        const pieces = NINE.split(/(?<=[\n:,[\]{}])/)
        await fc.assert(
            fc.asyncProperty(
                fc.array(
                    fc.record({
                        at: fc.nat(pieces.length - 1),
                        by: fc.oneof(
                            fc.constantFrom(
                                "",
                                "null\n",
                                "[",
                                "{",
                                "}",
                                ": ",
                                "- ",
                                "'",
                                '"',
                                "|\n",
                                "1e999",
                                "~",
                                "? ",
                                "#"
                            ),
                            fc.string({ maxLength: 8 })
                        ),
                    }),
                    { minLength: 1, maxLength: 6 }
                ),
                async edits => {
                    const changed = [...pieces]
                    for (const { at, by } of edits) changed[at] = by
                    const problems = await problemsOf(changed.join(""))
                    for (const problem of problems) expect(problem).toMatch(/^\d+:\d+: ./)
                }
            ),
            { numRuns: 150 }
        )
    })
})
