/** What can go wrong, and what to do about it, in English and Danish. docs/flash-page.md has the same list. */
import { type BothLanguages } from "../../kit-export.js"

interface ProblemWords {
    readonly title: BothLanguages
    readonly remedy: BothLanguages
}

export const PROBLEMS = {
    "no serial": {
        title: {
            en: "This browser cannot talk to boards",
            da: "Denne browser kan ikke tale med boards",
        },
        remedy: {
            en: "Open this page in Chrome or Edge, in Firefox 151 or newer, or in Chrome on Android.",
            da: "Åbn siden i Chrome eller Edge, i Firefox 151 eller nyere eller i Chrome på Android.",
        },
    },
    "not secure": {
        title: {
            en: "The browser lets this page reach no board",
            da: "Browseren lader ikke siden tale med boards",
        },
        remedy: {
            en: "The page has to come from an address that begins with https://, from this computer (npx suitcase flash --web) or from a file.",
            da: "Siden skal komme fra en adresse, der begynder med https://, fra denne computer (npx suitcase flash --web) eller fra en fil.",
        },
    },
    "no board": {
        title: { en: "No board was chosen", da: "Der blev ikke valgt noget board" },
        remedy: {
            en: "Is it in the browser's list? If not: take a cable that carries data (many only charge), another USB socket, and then: {how}.",
            da: "Står det på browserens liste? Hvis ikke: brug et kabel, der kan overføre data (mange kan kun lade), et andet USB-stik, og så: {how}.",
        },
    },
    "no answer": {
        title: { en: "The board does not answer", da: "Boardet svarer ikke" },
        remedy: {
            en: "Make it ready by hand: {how}. Close other programs that may use the port. Then try again.",
            da: "Gør det klar med hånden: {how}. Luk andre programmer, der kan bruge porten. Prøv så igen.",
        },
    },
    busy: {
        title: {
            en: "The board is in use, or may not be opened",
            da: "Boardet er i brug, eller må ikke åbnes",
        },
        remedy: {
            en: "Close serial monitors, devs devtools and other pages that flash, then unplug the board and plug it in again. On Linux, your user needs the group dialout: ask IT for it.",
            da: "Luk serielle skærme, devs devtools og andre sider, der flasher, tag boardet ud, og sæt det i igen. På Linux skal din bruger være i gruppen dialout: bed it om det.",
        },
    },
    denied: {
        title: { en: "The system does not allow it", da: "Systemet tillader det ikke" },
        remedy: {
            en: "Save a file for the board's drive instead. To write directly, Linux needs a rule for 2e8a in /etc/udev/rules.d, and Windows the driver WinUSB: ask IT for it.",
            da: "Gem i stedet en fil til boardets drev. For at skrive direkte kræver Linux en regel for 2e8a i /etc/udev/rules.d, og Windows driveren WinUSB: bed it om det.",
        },
    },
    driver: {
        title: {
            en: "Windows lacks a driver for this board",
            da: "Windows mangler en driver til boardet",
        },
        remedy: {
            en: "Save a file for the board's drive instead: that needs no driver.",
            da: "Gem i stedet en fil til boardets drev: det kræver ingen driver.",
        },
    },
    "drive only": {
        title: { en: "The board shows its drive only", da: "Boardet viser kun sit drev" },
        remedy: {
            en: "Save a file for the board's drive instead.",
            da: "Gem i stedet en fil til boardets drev.",
        },
    },
    "not opened": {
        title: { en: "The board cannot be opened", da: "Boardet kan ikke åbnes" },
        remedy: {
            en: "Unplug it, and make it ready anew: {how}.",
            da: "Tag det ud, og gør det klar igen: {how}.",
        },
    },
    "no boot mode": {
        title: {
            en: "The board is not ready to be written",
            da: "Boardet er ikke klar til at blive skrevet",
        },
        remedy: { en: "Unplug it, then: {how}.", da: "Tag det ud, og så: {how}." },
    },
    "other board": {
        title: { en: "This is another board", da: "Det er et andet board" },
        remedy: {
            en: "{node} needs a board with {wanted}; this one has {found}. Plug the right board in{others}.",
            da: "{node} skal have et board med {wanted}; dette har {found}. Sæt det rigtige board i{others}.",
        },
    },
    "unknown chip": {
        title: {
            en: "No board of the suitcase has this chip",
            da: "Intet board i kufferten har denne chip",
        },
        remedy: {
            en: "Take one of the boards that the kit file names.",
            da: "Brug et af de boards, som kit-filen nævner.",
        },
    },
    RP2350: {
        title: { en: "This is a Pico 2", da: "Det er en Pico 2" },
        remedy: {
            en: "There is no runtime for it. Take a Pico W.",
            da: "Der findes ingen firmware til den. Brug en Pico W.",
        },
    },
    gone: {
        title: { en: "The board is gone", da: "Boardet er væk" },
        remedy: {
            en: "Was the cable pulled out? Plug the board in ({how}) and connect again: it goes on where it was.",
            da: "Blev kablet trukket ud? Sæt boardet i ({how}), og tilslut igen: det går videre, hvor det slap.",
        },
    },
    stalled: {
        title: { en: "Nothing moves any more", da: "Der sker ikke mere" },
        remedy: {
            en: "Unplug the board, plug it in again ({how}) and connect: it goes on where it was.",
            da: "Tag boardet ud, sæt det i igen ({how}), og tilslut: det går videre, hvor det slap.",
        },
    },
    transfer: {
        title: { en: "The board refused what was sent", da: "Boardet afviste det, der blev sendt" },
        remedy: {
            en: "Try once more, with another cable or USB socket. If it stays, take another board.",
            da: "Prøv igen med et andet kabel eller USB-stik. Sker det igen, så tag et andet board.",
        },
    },
    differs: {
        title: {
            en: "The board does not hold what was written",
            da: "Boardet holder ikke på det, der blev skrevet",
        },
        remedy: {
            en: "Its memory is worn or broken. Take another board.",
            da: "Hukommelsen er slidt eller i stykker. Tag et andet board.",
        },
    },
    "no runtime": {
        title: { en: "The board has no runtime yet", da: "Boardet har ingen firmware endnu" },
        remedy: {
            en: "Go back to the settings and choose a file with the DeviceScript runtime for {wanted}.",
            da: "Gå tilbage til indstillingerne, og vælg en fil med DeviceScript-firmware til {wanted}.",
        },
    },
    "image damaged": {
        title: { en: "The runtime's file is damaged", da: "Filen med firmwaren er beskadiget" },
        remedy: {
            en: "Nothing was written. Download it again and choose it anew.",
            da: "Intet blev skrevet. Hent den igen, og vælg den på ny.",
        },
    },
    "image other chip": {
        title: { en: "The runtime is for another chip", da: "Firmwaren er til en anden chip" },
        remedy: {
            en: "Nothing was written. Choose the file for {wanted}.",
            da: "Intet blev skrevet. Vælg filen til {wanted}.",
        },
    },
    "image bundle": {
        title: { en: "The file holds a program as well", da: "Filen indeholder også et program" },
        remedy: {
            en: "Nothing was written. Choose the runtime itself, not a bundle.",
            da: "Intet blev skrevet. Vælg selve firmwaren, ikke en samlet fil.",
        },
    },
    "image no runtime": {
        title: { en: "This is no DeviceScript runtime", da: "Det er ikke DeviceScript-firmware" },
        remedy: {
            en: "Nothing was written. Choose a file from DeviceScript's releases for {wanted}.",
            da: "Intet blev skrevet. Vælg en fil fra DeviceScripts udgivelser til {wanted}.",
        },
    },
    full: {
        title: { en: "It does not fit onto the board", da: "Der er ikke plads på boardet" },
        remedy: {
            en: "Nothing was written. Take fewer sensors or a larger board, and shorten long settings.",
            da: "Intet blev skrevet. Brug færre sensorer eller et større board, og forkort lange indstillinger.",
        },
    },
    "file missing": {
        title: {
            en: "A file of this page could not be loaded",
            da: "En af sidens filer kunne ikke hentes",
        },
        remedy: {
            en: "Is the page's folder complete, and does npx suitcase flash --web still run? Reload the page.",
            da: "Er sidens mappe hel, og kører npx suitcase flash --web stadig? Genindlæs siden.",
        },
    },
    "file changed": {
        title: { en: "A file of this page is damaged", da: "En af sidens filer er beskadiget" },
        remedy: {
            en: "Nothing was written. Its checksum is wrong: make the page's folder anew.",
            da: "Intet blev skrevet. Dens kontrolsum er forkert: lav sidens mappe på ny.",
        },
    },
    "secrets file": {
        title: { en: "This is no file with passwords", da: "Det er ikke en fil med adgangskoder" },
        remedy: {
            en: "Choose passwords.json or keys.json from the folder secrets, or .env.",
            da: "Vælg passwords.json eller keys.json fra mappen secrets, eller .env.",
        },
    },
    "no first reading": {
        title: {
            en: "The board does not say what it measures",
            da: "Boardet siger ikke, hvad det måler",
        },
        remedy: {
            en: "Was it a board that runs, without a button held? Press RESET on it, or unplug it and plug it in again, and try once more. If it stays silent, write it again.",
            da: "Var det et board, der kører, uden at en knap holdes inde? Tryk på RESET, eller tag det ud og sæt det i igen, og prøv så igen. Er det stadig tavst, så skriv det en gang til.",
        },
    },
    "sensor silent": {
        title: { en: "A sensor gives no readings", da: "En sensor giver ingen målinger" },
        remedy: {
            en: "What the page says beside it tells what to check. Take the cable out before you touch wires.",
            da: "Det, siden skriver ved den, siger, hvad der skal ses efter. Tag kablet ud, før du rører ved ledninger.",
        },
    },
    "no Wi-Fi": {
        title: { en: "The board has not joined the Wi-Fi", da: "Boardet er ikke kommet på Wi-Fi" },
        remedy: {
            en: "Check name and password, capitals too. The network has to be 2.4 GHz and in reach here, without a user name. Readings are kept meanwhile.",
            da: "Kontrollér navn og adgangskode, også store bogstaver. Nettet skal være 2,4 GHz og kunne nås her, uden brugernavn. Målingerne gemmes imens.",
        },
    },
    "no broker": {
        title: {
            en: "The board has not reached its broker",
            da: "Boardet har ikke fået kontakt til brokeren",
        },
        remedy: {
            en: "Check the broker's name and port, account and password, and that this network may reach it. Readings are kept meanwhile.",
            da: "Kontrollér brokerens navn og port, konto og adgangskode, og at dette net må nå den. Målingerne gemmes imens.",
        },
    },
    unexpected: {
        title: { en: "Something went wrong", da: "Noget gik galt" },
        remedy: {
            en: "Unplug the board and try again. If it stays, send the details to whoever looks after the suitcase.",
            da: "Tag boardet ud, og prøv igen. Sker det igen, så send detaljerne til den, der passer kufferten.",
        },
    },
} as const satisfies Readonly<Record<string, ProblemWords>>

export type ProblemId = keyof typeof PROBLEMS
