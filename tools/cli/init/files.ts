/** The files of a city's own folder, in English or Danish. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { KIT_FILE, PACKAGE_NAME, PROJECT_ROOT } from "../../../sim/program/project.js"
import { readmeText } from "./readme.js"
import { type Manifest } from "./manifest.js"

type Language = "da" | "en"

class FolderFiles extends Map<string, string> {
    constructor(
        files: readonly (readonly [string, string])[],
        private readonly name: string,
        private readonly before: Manifest
    ) {
        super(files)
    }

    /** @param toolkit where npm gets it; undefined: it is among the dependencies already */
    manifest(toolkit: string | undefined): string {
        const { before } = this
        const { devDependencies } = JSON.parse(
            readFileSync(path.join(PROJECT_ROOT, "package.json"), "utf8")
        ) as { devDependencies: Record<string, string> }
        const manifest: Manifest = {
            name: packageName(this.name),
            private: true,
            type: "module",
            ...before,
            scripts: {
                check: "suitcase kit check",
                test: "vitest run",
                ...before.scripts,
            },
            dependencies: {
                ...before.dependencies,
                ...(toolkit === undefined ? {} : { [PACKAGE_NAME]: toolkit }),
            },
            devDependencies: { vitest: devDependencies["vitest"], ...before.devDependencies },
        }
        return `${JSON.stringify(manifest, undefined, 2)}\n`
    }
}

/** @param name of the folder @param before its package.json so far */
export function folderFiles(name: string, language: Language, before: Manifest): FolderFiles {
    return new FolderFiles(
        [
            [KIT_FILE, kitFile(language)],
            ["README.md", readmeText(name, language)],
            [".env.example", ENV[language]],
            [".gitignore", GITIGNORE],
            [".github/workflows/suitcase.yml", WORKFLOW],
            ["devs/room.ts", PROGRAM],
            ["tests/kit.test.ts", KIT_TEST],
            ["vitest.config.js", VITEST],
        ],
        name,
        before
    )
}

/** "Vores sensorer" → "vores-sensorer", which npm takes. */
function packageName(folder: string): string {
    const name = folder
        .toLowerCase()
        .replaceAll(/[^a-z0-9._-]+/g, "-")
        .replace(/^[._-]+/, "")
        .slice(0, 100)
    return name === "" || name === PACKAGE_NAME ? "city-sensors" : name
}

const COMMENTS = {
    en: {
        head: "Sites, kits and nodes. What a key means, your editor shows; all of it: docs/kit-file.md of the toolkit.",
        settings: "What all nodes have in common; sites, kits and nodes can say otherwise.",
        wifi: "The password is a secret: write WIFI_PASSWORD=… into the file .env.",
        site: "A place on the map; levels of topics are site and node.",
        app: "A program of devs/ instead of a list of sensors.",
    },
    da: {
        head: "Steder, kufferter og noder. Din editor viser, hvad en nøgle betyder; alle står i værktøjets docs/kit-file.md.",
        settings:
            "Det, alle noder har til fælles; steder, kufferter og noder kan sige noget andet.",
        wifi: "Adgangskoden er hemmelig: skriv WIFI_PASSWORD=… i filen .env.",
        site: "Et sted på kortet; sted og node er niveauer i emnerne.",
        app: "Et program fra devs/ i stedet for en liste af sensorer.",
    },
} as const

function kitFile(language: Language): string {
    const say = COMMENTS[language]
    return `# yaml-language-server: $schema=./node_modules/${PACKAGE_NAME}/tools/kit/suitcase.schema.json
# ${say.head}
version: 1
language: ${language}

# ${say.settings}
settings:
  interval: 1m
  broker: { host: mqtt.example.org, port: 1883 }
  # ${say.wifi}
  wifi: { ssid: City IoT, password: $WIFI_PASSWORD }
  seal: true

notification: { threshold: 24h }

sites:
  # ${say.site}
  - name: townhall
    title: ${language === "da" ? "Rådhuset" : "Town hall"}
    place: { lat: 56.1531, lon: 10.2046 }
    kits:
      - name: suitcase-1
        nodes:
          - name: hall
            board: suitcase_qt_py_c3
            sensors:
              - scd41
              - { part: sht4x, prefix: room }

          - name: meeting-room
            board: suitcase_xiao_c3
            # ${say.app}
            app: room
`
}

const ENV = {
    en: `# Copy this file to .env and fill it in. Git leaves .env out: it holds secrets.
WIFI_PASSWORD=
`,
    da: `# Kopiér denne fil til .env og udfyld den. Git udelader .env: den rummer hemmeligheder.
WIFI_PASSWORD=
`,
} as const

const GITIGNORE = `node_modules
.env
secrets/
bundle/
test-results/
*.log
`

const PROGRAM = `/** Temperature, humidity and light of a room, once a minute. */
import { BH1750 } from "${PACKAGE_NAME}/src/drivers/bh1750/driver.js"
import { MB85RC256V } from "${PACKAGE_NAME}/src/drivers/mb85rc/driver.js"
import { SHT4x } from "${PACKAGE_NAME}/src/drivers/sht4x/driver.js"
import {
    blinkLight,
    jsonEnvelope,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
} from "${PACKAGE_NAME}/src/station/index.js"

const bus = openBus()

await startStation({
    app: "room",
    intervalSeconds: 60,
    sensors: [new SHT4x(bus), new BH1750(bus)],
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
`

const KIT_TEST = `import { expect, it } from "vitest"
import { readKit } from "${PACKAGE_NAME}/tools/kit/read-kit.js"

it("the kit file is right, and names every node once", async () => {
    const { nodes } = await readKit("${KIT_FILE}")
    expect(nodes.map(node => node.name)).toContain("hall")
})
`

const VITEST = `import { suitcaseTests } from "${PACKAGE_NAME}/vitest"

export default suitcaseTests()
`

const WORKFLOW = `name: Nodes

on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
          cache: npm
      - run: npm ci
      - run: npx suitcase kit check
      - run: npm test
      - run: npx suitcase sim hall --for 2h --require "co2>=100,room_temperature>=100,gaps<=20" --junit test-results/hall.xml
      - run: npx suitcase build --all
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: test-results
          path: test-results/
          if-no-files-found: ignore
`
