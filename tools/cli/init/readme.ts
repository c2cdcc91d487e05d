/** README of a city's own folder. */

const COMMANDS = `\`\`\`sh
npm install                   # once
npx suitcase kit list         # what there is, and what is missing
npx suitcase kit check        # is suitcase.yaml right, does each node run
npx suitcase sim hall         # a simulated day of a node
npx suitcase build --all      # how much of its board each program takes
npx suitcase kit accounts     # keys, broker accounts and access list
npx suitcase kit wiring       # pages that show where the wires go
npx suitcase flash --kit      # programs on the boards, one after the other
npx suitcase sensors          # the parts that there are
npm test
\`\`\``

const COMMANDS_DA = COMMANDS.replace("# once", "# én gang")
    .replace("what there is, and what is missing", "hvad der er, og hvad der mangler")
    .replace(
        "is suitcase.yaml right, does each node run",
        "er suitcase.yaml rigtig, og kører hver node"
    )
    .replace("a simulated day of a node", "en simuleret dag af en node")
    .replace(
        "how much of its board each program takes",
        "hvor meget hvert program fylder på sit board"
    )
    .replace("keys, broker accounts and access list", "nøgler, konti hos brokeren og adgangsliste")
    .replace("pages that show where the wires go", "sider, der viser, hvor ledningerne skal hen")
    .replace("programs on the boards, one after the other", "programmer på boardene, ét efter ét")
    .replace("the parts that there are", "de dele, der findes")

const TEXTS = {
    en: (name: string) => `# ${name}

The nodes of our IoT suitcases. [suitcase.yaml](suitcase.yaml) says which sites, kits and nodes there
are, which board and which sensors each node has, and how nodes reach the broker.

You need Node.js 20 or newer with npm.

${COMMANDS}

## Another node

Copy the lines of a node in suitcase.yaml and give it a name of its own. \`npx suitcase kit check\` says what
is wrong, with line and column. Sensors are those of \`npx suitcase sensors\`; a node needs a program of its own
(in devs/) only when a list of sensors cannot say what it does.

## Secrets

Copy .env.example to .env and write the Wi-Fi password into it. \`npx suitcase kit accounts\` makes a key
and a broker account for every node, in secrets/. Neither goes into git: keep a copy of both in a safe place.

## A driver of your own

\`npx suitcase new driver LPS22HB\` writes src/drivers/lps22hb/ with a driver, a register model and tests;
\`npx suitcase try lps22hb\` runs it, \`npm test\` holds it against the common suite.
`,
    da: (name: string) => `# ${name}

Noderne fra vores IoT-kufferter. [suitcase.yaml](suitcase.yaml) siger, hvilke steder, kufferter og noder der
er, hvilket board og hvilke sensorer hver node har, og hvordan noderne når brokeren.

Du skal bruge Node.js 20 eller nyere med npm.

${COMMANDS_DA}

## En node mere

Kopiér linjerne for en node i suitcase.yaml, og giv den sit eget navn. \`npx suitcase kit check\` siger, hvad der
er galt, med linje og kolonne. Sensorerne er dem fra \`npx suitcase sensors\`; en node skal kun have sit eget program
(i devs/), når en liste af sensorer ikke kan sige, hvad den gør.

## Hemmeligheder

Kopiér .env.example til .env, og skriv Wi-Fi-adgangskoden i den. \`npx suitcase kit accounts\` laver en nøgle og en
konto hos brokeren til hver node, i secrets/. Ingen af delene kommer i git: gem en kopi af begge et sikkert sted.

## Din egen driver

\`npx suitcase new driver LPS22HB\` skriver src/drivers/lps22hb/ med en driver, en registermodel og tests;
\`npx suitcase try lps22hb\` kører den, og \`npm test\` holder den op mod den fælles suite.
`,
} as const

export function readmeText(name: string, language: "da" | "en"): string {
    return TEXTS[language](name)
}
