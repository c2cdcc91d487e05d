/** Everything that the page says, in English and Danish, but for what went wrong (problems.ts). */
import { type BothLanguages } from "../../kit-export.js"

export type Language = keyof BothLanguages
export const LANGUAGES: readonly Language[] = ["en", "da"]

/** What stands in braces is filled in. */
export const WORDS = {
    title: { en: "Prepare a board", da: "Gør et board klar" },
    product: { en: "IoT suitcase", da: "IoT-kufferten" },
    language: { en: "Language", da: "Sprog" },
    steps: { en: "Steps", da: "Trin" },
    stepOf: { en: "Step {number} of {all}", da: "Trin {number} af {all}" },
    stepDone: { en: "done", da: "klaret" },

    stepChoose: { en: "Node", da: "Node" },
    stepSettings: { en: "Settings", da: "Indstillinger" },
    stepConnect: { en: "Connect", da: "Tilslut" },
    stepWrite: { en: "Write", da: "Skriv" },
    stepReadings: { en: "Readings", da: "Målinger" },
    stepLabel: { en: "Label", da: "Etiket" },

    back: { en: "Back", da: "Tilbage" },
    next: { en: "Continue", da: "Fortsæt" },
    details: { en: "Details for support", da: "Detaljer til support" },

    chooseTitle: { en: "Which node is this?", da: "Hvilken node er det?" },
    chooseLead: {
        en: "Choose the node that you have in your hand. Board, program and settings come from your kit file.",
        da: "Vælg den node, du har i hånden. Board, program og indstillinger kommer fra jeres kit-fil.",
    },
    chooseOwnLead: {
        en: "Choose the board in front of you and what it shall measure.",
        da: "Vælg det board, du har foran dig, og hvad det skal måle.",
    },
    nodeDone: { en: "written in this session", da: "skrevet i dag på denne side" },
    board: { en: "Board", da: "Board" },
    program: { en: "Program", da: "Program" },
    chooseOne: { en: "Choose …", da: "Vælg …" },

    settingsTitle: { en: "Settings of {node}", da: "Indstillinger for {node}" },
    settingsTitleOwn: { en: "Settings of the node", da: "Nodens indstillinger" },
    settingsLead: {
        en: "Passwords go to the board only. This page does not keep them: after a reload you type them again.",
        da: "Adgangskoder kommer kun på boardet. Siden gemmer dem ikke: efter en genindlæsning skrives de igen.",
    },
    fromKit: { en: "From the kit file", da: "Fra kit-filen" },
    notSet: { en: "not set", da: "ikke angivet" },
    node: { en: "Name of the node", da: "Nodens navn" },
    site: { en: "Site", da: "Sted" },
    place: { en: "Place (for the label)", da: "Placering (til etiketten)" },
    placeHint: {
        en: "for example: first floor, by the door",
        da: "for eksempel: 1. sal, ved døren",
    },
    nameHint: {
        en: "Letters a–z, digits and - _ . : only, at most 64; begins with a letter, a digit or _.",
        da: "Kun bogstaver a–z, cifre og - _ . :, højst 64; begynder med et bogstav, et ciffer eller _.",
    },
    wifiName: { en: "Name of the Wi-Fi network", da: "Navn på Wi-Fi-nettet" },
    wifiNameHint: {
        en: "2.4 GHz, at most 31 characters (æ, ø, å count as two). Not eduroam or others that ask for a user name.",
        da: "2,4 GHz, højst 31 tegn (æ, ø, å tæller som to). Ikke eduroam og andre net, der beder om et brugernavn.",
    },
    wifiPassword: { en: "Wi-Fi password", da: "Adgangskode til Wi-Fi" },
    wifiPasswordHint: {
        en: "8 to 63 characters, without æ, ø, å.",
        da: "8 til 63 tegn, uden æ, ø, å.",
    },
    wifiPasswordOpen: {
        en: "8 to 63 characters, without æ, ø, å. Empty for an open network.",
        da: "8 til 63 tegn, uden æ, ø, å. Tom for et åbent net.",
    },
    brokerHost: { en: "Broker", da: "Broker" },
    brokerHostHint: {
        en: "Name or address of the MQTT broker, without mqtt://. Letters, digits and . - : only.",
        da: "MQTT-brokerens navn eller adresse, uden mqtt://. Kun bogstaver, cifre og . - :.",
    },
    brokerNameOnly: {
        en: "This board connects to a name such as mqtt.city.example only, never to an address.",
        da: "Dette board forbinder kun til et navn som mqtt.by.example, aldrig til en adresse.",
    },
    brokerPort: { en: "Port", da: "Port" },
    brokerPortHint: { en: "A number from 1 to 65535.", da: "Et tal fra 1 til 65535." },
    brokerTls: { en: "Encrypted (TLS)", da: "Krypteret (TLS)" },
    brokerUser: { en: "Account at the broker", da: "Konto hos brokeren" },
    brokerUserHint: {
        en: "Usually the name of the node. Without æ, ø, å.",
        da: "Som regel nodens navn. Uden æ, ø, å.",
    },
    brokerPassword: { en: "Password at the broker", da: "Adgangskode hos brokeren" },
    brokerPasswordHint: {
        en: "At most 198 characters, without æ, ø, å.",
        da: "Højst 198 tegn, uden æ, ø, å.",
    },
    sealKey: { en: "Sealing key", da: "Forseglingsnøgle" },
    sealKeyHint: {
        en: "64 digits 0–9 and a–f, from secrets/keys.json.",
        da: "64 cifre 0–9 og a–f, fra secrets/keys.json.",
    },
    appSettings: { en: "Settings of the program", da: "Programmets indstillinger" },
    appSettingsHint: {
        en: "As its page lists them: empty=870,full=150",
        da: "Som programmets side viser dem: empty=870,full=150",
    },
    interval: { en: "Time between readings", da: "Tid mellem målinger" },
    seconds: { en: "{number} s", da: "{number} s" },
    minutes: { en: "{number} min", da: "{number} min" },
    hours: { en: "{number} h", da: "{number} t" },
    required: { en: "This has to be filled in.", da: "Skal udfyldes." },
    secretsFiles: { en: "Take passwords from files", da: "Hent adgangskoder fra filer" },
    secretsHint: {
        en: "passwords.json and keys.json from the folder secrets, and .env. They are read here and sent nowhere.",
        da: "passwords.json og keys.json fra mappen secrets, og .env. De læses her og sendes ingen steder.",
    },
    secretsFound: { en: "Found: {what}", da: "Fundet: {what}" },
    secretsNone: {
        en: "No password of this node is in these files.",
        da: "Der er ingen adgangskode til denne node i filerne.",
    },
    fromFile: { en: "from the file", da: "fra filen" },
    runtime: { en: "DeviceScript runtime", da: "DeviceScript-firmware" },
    runtimeLead: {
        en: "The board's basic software. A board that was a node before has it already.",
        da: "Boardets grundprogram. Et board, der har været node før, har den allerede.",
    },
    runtimeOnBoard: { en: "The board has it already", da: "Boardet har den allerede" },
    runtimeFolder: {
        en: "Take the one that came with this page",
        da: "Brug den, der fulgte med siden",
    },
    runtimeFile: { en: "Take a file from this computer", da: "Brug en fil fra denne computer" },
    runtimeChosen: { en: "{name}, {size} KB", da: "{name}, {size} KB" },
    runtimeSum: { en: "SHA-256 {sum}", da: "SHA-256 {sum}" },
    runtimeChecked: { en: "Right for {chip}.", da: "Passer til {chip}." },

    connectTitle: { en: "Connect the board", da: "Tilslut boardet" },
    connectLead: {
        en: "Plug {board} into this computer with a cable that carries data.",
        da: "Forbind {board} til denne computer med et kabel, der kan overføre data.",
    },
    connectHold: { en: "Make it ready: {how}.", da: "Gør det klar: {how}." },
    connectSerialTip: {
        en: "Most boards need no button. If yours does not answer: {how}.",
        da: "De fleste boards kræver ingen knap. Svarer det ikke: {how}.",
    },
    connectChoose: {
        en: "The browser then asks which device to use. Choose the one that appeared when you plugged it in.",
        da: "Browseren spørger så, hvilken enhed der skal bruges. Vælg den, der dukkede op, da du satte boardet i.",
    },
    connectAgain: {
        en: "Writing was interrupted. Connect the same board: what is on it already is not written again.",
        da: "Skrivningen blev afbrudt. Tilslut samme board: det, der allerede ligger der, skrives ikke igen.",
    },
    connect: { en: "Connect", da: "Tilslut" },
    connecting: { en: "Waiting for the board …", da: "Venter på boardet …" },
    touch: { en: "It runs Arduino or MicroPython", da: "Det kører Arduino eller MicroPython" },
    touchLead: {
        en: "Such a board restarts into its boot mode by itself. A board of the suitcase does not: hold its button.",
        da: "Et sådant board kan selv genstarte klar til skrivning. Det gør kuffertens boards ikke: hold knappen inde.",
    },
    touchButton: { en: "Restart it into its boot mode", da: "Genstart det klar til skrivning" },
    useFile: {
        en: "Save a file for the board's drive instead",
        da: "Gem i stedet en fil til boardets drev",
    },

    driveTitle: { en: "Copy one file to the board", da: "Kopiér én fil til boardet" },
    driveLead: {
        en: "This way works in every browser. The board shows itself as a drive named RPI-RP2.",
        da: "Denne vej virker i alle browsere. Boardet viser sig som et drev med navnet RPI-RP2.",
    },
    driveStep1: {
        en: "Hold BOOTSEL while you plug the board in. The drive RPI-RP2 appears.",
        da: "Hold BOOTSEL nede, mens du sætter boardet i. Drevet RPI-RP2 dukker op.",
    },
    driveStep2: { en: "Save the file.", da: "Gem filen." },
    driveStep3: {
        en: "Drag the file onto the drive RPI-RP2. The drive disappears by itself: then the board is done.",
        da: "Træk filen over på drevet RPI-RP2. Drevet forsvinder af sig selv: så er boardet færdigt.",
    },
    driveSecrets: {
        en: "The file holds the passwords: delete it afterwards. It cannot be read back, and it replaces calibrations that the board had.",
        da: "Filen indeholder adgangskoderne: slet den bagefter. Den kan ikke læses tilbage, og den erstatter boardets kalibreringer.",
    },
    driveSave: { en: "Save the file", da: "Gem filen" },
    driveDone: { en: "The drive has disappeared", da: "Drevet er forsvundet" },
    drivePicture: {
        en: "A file is dragged from the folder Downloads onto the drive RPI-RP2",
        da: "En fil trækkes fra mappen Overførsler over på drevet RPI-RP2",
    },
    boardPicture: {
        en: "A board with its button held down is plugged into a laptop",
        da: "Et board med knappen holdt nede sættes i en bærbar",
    },

    writeTitle: { en: "Board found", da: "Boardet er fundet" },
    foundBoard: { en: "{chip}, number {serial}", da: "{chip}, nummer {serial}" },
    writeLead: {
        en: "It becomes {node}. What the board had stored besides, such as calibrations, is kept.",
        da: "Det bliver til {node}. Det, boardet ellers havde gemt, for eksempel kalibreringer, bliver.",
    },
    write: { en: "Write to this board", da: "Skriv på dette board" },
    writing: { en: "Writing {piece}", da: "Skriver {piece}" },
    writingTitle: { en: "Writing and checking", da: "Skriver og kontrollerer" },
    keepPlugged: { en: "Leave the cable in.", da: "Lad kablet sidde." },
    percent: { en: "{number} %", da: "{number} %" },
    left: { en: "about {time} left", da: "cirka {time} tilbage" },
    stop: { en: "Stop", da: "Stop" },
    pieceRuntime: { en: "runtime", da: "firmware" },
    pieceConfig: { en: "board configuration", da: "boardets opsætning" },
    pieceProgram: { en: "program", da: "program" },
    pieceSettings: { en: "settings", da: "indstillinger" },
    same: { en: "{piece}: is there already", da: "{piece}: ligger der allerede" },
    verified: {
        en: "{piece}: written, read back, equal",
        da: "{piece}: skrevet, læst tilbage, ens",
    },
    again: {
        en: "{piece}: differs from what was written; once more",
        da: "{piece}: afviger fra det skrevne; en gang til",
    },
    kept: { en: "Kept from the board: {keys}", da: "Bevaret fra boardet: {keys}" },
    torn: {
        en: "The board's settings were damaged by a power cut: calibrations that it had are gone.",
        da: "Boardets indstillinger var beskadiget af en strømafbrydelse: kalibreringer, det havde, er væk.",
    },
    restarted: { en: "Restarted", da: "Genstartet" },

    readingsTitle: { en: "First readings", da: "De første målinger" },
    readingsLead: {
        en: "The board has restarted. Connect to it once more to see what its sensors measure.",
        da: "Boardet er genstartet. Forbind til det igen for at se, hvad sensorerne måler.",
    },
    readingsChoose: {
        en: "The browser asks again which device: a board that runs is another one to it than a board that is written.",
        da: "Browseren spørger igen, hvilken enhed: et board, der kører, er for den en anden end et board, der skrives.",
    },
    readingsConnect: { en: "Show readings", da: "Vis målinger" },
    readingsWaiting: {
        en: "Waiting for the first readings …",
        da: "Venter på de første målinger …",
    },
    readingsAll: { en: "Every sensor measures.", da: "Alle sensorer måler." },
    readingsNone: { en: "no reading yet", da: "ingen måling endnu" },
    readingsOther: {
        en: "This board says that it is {found}, not {node}: is it the one that was just written?",
        da: "Dette board siger, at det er {found}, ikke {node}: er det dét, der lige blev skrevet?",
    },
    atAddress: { en: "address {address}", da: "adresse {address}" },
    network: { en: "Network", da: "Netværk" },
    wifiJoined: { en: "Wi-Fi joined: {name}", da: "På Wi-Fi: {name}" },
    wifiWaiting: { en: "Wi-Fi and broker: waiting …", da: "Wi-Fi og broker: venter …" },
    brokerReached: { en: "Broker reached", da: "Kontakt til brokeren" },
    log: { en: "What the board writes to its log", da: "Det, boardet skriver i sin log" },
    readingsNotHere: {
        en: "The readings of this board cannot be seen over its own connector. Look for {node} where your readings arrive, with npx suitcase listen or in your data platform; the first ones come within a quarter of an hour.",
        da: "Målingerne fra dette board kan ikke ses gennem dets stik. Se efter {node} dér, hvor målingerne kommer ind, med npx suitcase listen eller i jeres dataplatform; de første kommer inden for et kvarter.",
    },
    skip: { en: "Continue without readings", da: "Fortsæt uden målinger" },

    labelTitle: { en: "{node} is ready", da: "{node} er klar" },
    labelLead: {
        en: "Print the label and stick it onto the box.",
        da: "Udskriv etiketten, og sæt den på kassen.",
    },
    print: { en: "Print the label", da: "Udskriv etiketten" },
    nextBoard: { en: "Next board", da: "Næste board" },
    nextBoardIs: { en: "Next board: {node}", da: "Næste board: {node}" },
    allDone: { en: "All nodes of the kit are written.", da: "Alle kittets noder er skrevet." },
    labelBoard: { en: "board", da: "board" },
    labelCode: { en: "QR code:", da: "QR-kode:" },

    orChoose: {
        en: ", or go back and choose {names}, which this board is right for",
        da: ", eller gå tilbage og vælg {names}, som dette board passer til",
    },
} as const satisfies Readonly<Record<string, BothLanguages>>

export type Word = keyof typeof WORDS
export type Fill = Readonly<Record<string, string | number>>

/** @returns the words with their gaps filled */
export function say(language: Language, word: Word, fill: Fill = {}): string {
    return filled(WORDS[word][language], fill)
}

export function filled(text: string, fill: Fill): string {
    return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(fill[name] ?? gap))
}
