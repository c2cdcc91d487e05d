/** What `suitcase calibrate` says at a terminal, in the language of the certificate. What nodes, parts and files refuse: danish.ts. */
import { type CertificateLanguage } from "../../calibration/certificate.js"
import { type FitMethod } from "../../calibration/fit.js"

const EN = {
    yes: "Yes",
    no: "No",
    // The node.
    noNode: "No node is on USB (is it a data cable?)",
    lookAgain: "Look again",
    trySimulated: "Try it with a simulated node",
    end: "End",
    whichNode: "Which node?",
    allNodes: (count: number) => `All ${count}, beside one reference`,
    simulatedNode: (parts: string) =>
        `A simulated node with ${parts}, four minutes after it was switched on.`,
    simulatedNodes: (count: number) =>
        `${count} simulated nodes with indoor climate, four minutes after they were switched on.`,
    indoorClimate: "indoor climate",
    // The channel.
    whichChannel: "Which channel?",
    notCalibrated: "not calibrated",
    calibrated: (id: number) => `calibration ${id}`,
    // The paperwork.
    lineNeeded: "A line of text is needed here.",
    whichReference: "Which reference instrument?",
    whichCertificate: "The number of its certificate?",
    uncertainty: (unit: string) => `Its expanded uncertainty (k = 2), ${unit}?`,
    resolution: (unit: string) => `The step of its display, ${unit}?`,
    who: "Who calibrates?",
    untilWhen: "Until when is that certificate valid? (empty: it does not say)",
    writeDay: "Write a day such as 2027-04-30.",
    expired: "It is expired: take another reference.",
    writeNumber: "Write a number such as 21.5.",
    atLeast: (least: number) => `At least ${least}.`,
    // The points.
    shallShow: (n: number, unit: string) => `Point ${n}: what shall the reference show, ${unit}?`,
    bringThere: (n: number) =>
        `Point ${n}: bring sensor and reference there, and wait until both stand still.`,
    showsNow: (unit: string) => `What does the reference show now, ${unit}?`,
    uncertaintyThere: (unit: string) => `Its expanded uncertainty there (k = 2), ${unit}?`,
    keys: "Wait until stable · o: take the readings as they are · Ctrl-C: end",
    stableKeys: "Stable. Enter: take the readings · Ctrl-C: end",
    notStill: "They do not stand still yet; o takes them as they are.",
    noReadings: "There are no readings to take yet.",
    restarted: (name: string) => `${name} restarted; its readings began anew.`,
    pointThere: "There is a point at that value already.",
    taken: (count: number) =>
        `${count === 1 ? "One point is" : `${count} points are`} taken. And now?`,
    correctBy: (method: string) => `Correct by ${method}`,
    methods: {
        offset: "the mean difference",
        exact: "through all points",
        "least-squares": "the line that fits best",
        quadratic: "the curve of degree 2 that fits best",
        cubic: "the curve of degree 3 that fits best",
        piecewise: "straight lines from point to point",
    } as Readonly<Record<FitMethod, string>>,
    anotherPoint: "Take another point",
    // The end.
    andNow: "And now?",
    node: (count: number) => (count === 1 ? "the node" : `${count} nodes`),
    writeTo: (whom: string) => `Write it to ${whom}`,
    otherMethod: "Another point, or another method",
    writeNothing: "Write nothing, and end",
    writing: "Writing, reading back, and measuring again …",
    fresh: "Fresh readings, as left.",
    isBack: "Is the sensor back at its place? Its readings count from then on.",
    nothingWritten: "Nothing was written; the node has the correction that it had.",
    inForce: (id: number) => `Calibration ${id} is in force. Its certificate, as .html and .json:`,
    asThen: (id: number) => `Calibration ${id}, as it was then`,
    withoutCertificate: (id: number, channel: string) =>
        `Calibration ${id} is in force, without a certificate; suitcase calibrate rollback ${channel} takes it back.`,
    settle: (file: string) =>
        `Plug the node in, then settle it: suitcase calibrate import ${file} (does nothing twice),\n` +
        `or leave it: suitcase calibrate verify says what the node has.`,
    endedEarly: "Ended before its time.",
    // By options.
    pointOf: (n: number, count: number, value: number) => `Point ${n} of ${count}: ${value}`,
    simulated: "simulated",
    bringSensor: "bring the sensor and the reference there",
    isThere: "Is the sensor there?",
    // Readings.
    columns: ["raw", "corrected", "readings", "deviation", "drift"],
    windowOf: (count: number) => `of ${count}`,
    readings: (raw: string, corrected: string, count: number, deviation: string, drift: string) =>
        `raw ${raw}, corrected ${corrected}; ${count} readings, deviation ${deviation}, drift ${drift}`,
    stable: "stable",
    silent: "silent",
    waiting: "waiting",
    filling: "filling",
    moving: "moving",
    residual: (value: string) => `residual ${value}`,
    tookMoving: "taken although it moved",
    expanded: (value: string) => `Expanded uncertainty of a corrected reading (k = 2): ± ${value}`,
    note: (advice: string) => `Note: ${advice}`,
    errors: (at: string, found: string, left: string) =>
        `at ${at}: error as found ${found}, as left ${left}`,
    table: ["node", "as found", "as left", "±", "result"],
    notWritten: "not written",
    // Procedures of parts.
    nothingDone: "Nothing was done to the part.",
    referenceAt: (value: number) => `Reference ${value}`,
    bringPart: "bring the part and the reference together",
    isPartThere: "Is the part there?",
    stableEnough: "stable long enough",
    readsAt: (value: string) => `  reads ${value} at the reference`,
    hasNow: (value: string) => `  the part has ${value} now`,
    doIt: (part: string, name: string) => `${part}: ${name}. Do it?`,
    isFitted: (id: number, channel: string) =>
        `Calibration ${id} is in force on ${channel}; it was fitted to the part as it is.`,
    takeBack: "Take it back first?",
    keepIt: "Keep it on purpose?",
    adds: (part: string, value: string) =>
        `${part} adds ${value} to its readings from now on, and keeps that without power`,
    addsDistance: (part: string, value: string) =>
        `${part} adds ${value} to its distances from now on`,
    takesOut: (part: string, value: string) =>
        `${part} takes ${value} of a cover glass out of its signal from now on`,
    stored: (count: string) =>
        `stored; ${count} writes of the part's memory since the node started`,
    cleaned: "done; the part measures again and reports no trouble with its fan",
    has: (value: string) => `the part has ${value}`,
    foundLeft: (at: string, found: string, left: string) =>
        `at ${at}: reading as found ${found}, as left ${left}`,
    correctionThere: (id: number, channel: string) =>
        `Calibration ${id} is in force on ${channel}.`,
    forgetsPower:
        "The part forgets it with its power; suitcase calibrate procedure store keeps it.",
    countsLater:
        "It counts when node and part were switched off and on; its readings are gaps until then.",
    forgetsRestart: "The node forgets it when it starts again.",
    certificateAt: "Its certificate, as .html and .json:",
    advice: (text: string) => text,
}
export type Texts = typeof EN

const DA: Texts = {
    yes: "Ja",
    no: "Nej",
    noNode: "Der er ingen node på USB (er det et datakabel?)",
    lookAgain: "Se igen",
    trySimulated: "Prøv det med en simuleret node",
    end: "Stop",
    whichNode: "Hvilken node?",
    allNodes: count => `Alle ${count}, ved siden af én reference`,
    simulatedNode: parts => `En simuleret node med ${parts}, fire minutter efter den blev tændt.`,
    simulatedNodes: count =>
        `${count} simulerede noder med indeklima, fire minutter efter de blev tændt.`,
    indoorClimate: "indeklima",
    whichChannel: "Hvilken kanal?",
    notCalibrated: "ikke kalibreret",
    calibrated: id => `kalibrering ${id}`,
    lineNeeded: "Her skal stå en linje tekst.",
    whichReference: "Hvilket referenceinstrument?",
    whichCertificate: "Nummeret på dets certifikat?",
    uncertainty: unit => `Dets ekspanderede usikkerhed (k = 2), ${unit}?`,
    resolution: unit => `Skridtet i dets visning, ${unit}?`,
    who: "Hvem kalibrerer?",
    untilWhen: "Hvornår udløber det certifikat? (tom: det siger det ikke)",
    writeDay: "Skriv en dag som 2027-04-30.",
    expired: "Det er udløbet: tag en anden reference.",
    writeNumber: "Skriv et tal som 21,5.",
    atLeast: least => `Mindst ${least}.`,
    shallShow: (n, unit) => `Punkt ${n}: hvad skal referencen vise, ${unit}?`,
    bringThere: n =>
        `Punkt ${n}: bring sensor og reference derhen, og vent, til begge står stille.`,
    showsNow: unit => `Hvad viser referencen nu, ${unit}?`,
    uncertaintyThere: unit => `Dens ekspanderede usikkerhed dér (k = 2), ${unit}?`,
    keys: "Vent, til de er stabile · o: tag målingerne, som de er · Ctrl-C: stop",
    stableKeys: "Stabile. Enter: tag målingerne · Ctrl-C: stop",
    notStill: "De står ikke stille endnu; o tager dem, som de er.",
    noReadings: "Der er ingen målinger at tage endnu.",
    restarted: name => `${name} genstartede; dens målinger begyndte forfra.`,
    pointThere: "Der er allerede et punkt ved den værdi.",
    taken: count => `${count === 1 ? "Ét punkt" : `${count} punkter`} er taget. Og nu?`,
    correctBy: method => `Ret med ${method}`,
    methods: {
        offset: "den gennemsnitlige forskel",
        exact: "gennem alle punkter",
        "least-squares": "den linje, der passer bedst",
        quadratic: "den kurve af grad 2, der passer bedst",
        cubic: "den kurve af grad 3, der passer bedst",
        piecewise: "rette linjer fra punkt til punkt",
    },
    anotherPoint: "Tag endnu et punkt",
    andNow: "Og nu?",
    node: count => (count === 1 ? "noden" : `${count} noder`),
    writeTo: whom => `Skriv den til ${whom}`,
    otherMethod: "Endnu et punkt, eller en anden metode",
    writeNothing: "Skriv intet, og stop",
    writing: "Skriver, læser tilbage og måler igen …",
    fresh: "Friske målinger, sådan som den efterlades.",
    isBack: "Er sensoren på sin plads igen? Dens målinger tæller fra da af.",
    nothingWritten: "Intet blev skrevet; noden har den rettelse, den havde.",
    inForce: id => `Kalibrering ${id} er i brug. Dens certifikat, som .html og .json:`,
    asThen: id => `Kalibrering ${id}, som den var dengang`,
    withoutCertificate: (id, channel) =>
        `Kalibrering ${id} er i brug, uden certifikat; suitcase calibrate rollback ${channel} tager den tilbage.`,
    settle: file =>
        `Sæt noden i kablet, og afgør det: suitcase calibrate import ${file} (gør intet to gange),\n` +
        `eller lad det være: suitcase calibrate verify siger, hvad noden har.`,
    endedEarly: "Stoppet før tid.",
    pointOf: (n, count, value) => `Punkt ${n} af ${count}: ${value}`,
    simulated: "simuleret",
    bringSensor: "bring sensoren og referencen derhen",
    isThere: "Er sensoren der?",
    columns: ["rå", "rettet", "målinger", "spredning", "drift"],
    windowOf: count => `af ${count}`,
    readings: (raw, corrected, count, deviation, drift) =>
        `rå ${raw}, rettet ${corrected}; ${count} målinger, spredning ${deviation}, drift ${drift}`,
    stable: "stabil",
    silent: "tavs",
    waiting: "venter",
    filling: "fylder",
    moving: "flytter",
    residual: value => `restfejl ${value}`,
    tookMoving: "taget, selv om den flyttede sig",
    expanded: value => `Ekspanderet usikkerhed på en rettet måling (k = 2): ± ${value}`,
    note: advice => `Bemærk: ${advice}`,
    errors: (at, found, left) => `ved ${at}: fejl før ${found}, efter ${left}`,
    table: ["node", "før", "efter", "±", "resultat"],
    notWritten: "ikke skrevet",
    nothingDone: "Intet blev gjort ved sensoren.",
    referenceAt: value => `Reference ${value}`,
    bringPart: "bring sensoren og referencen sammen",
    isPartThere: "Er sensoren der?",
    stableEnough: "stabil længe nok",
    readsAt: value => `  viser ${value} ved referencen`,
    hasNow: value => `  sensoren har ${value} nu`,
    doIt: (part, name) => `${part}: ${name}. Skal det gøres?`,
    isFitted: (id, channel) =>
        `Kalibrering ${id} er i brug på ${channel}; den blev tilpasset sensoren, som den er.`,
    takeBack: "Tag den tilbage først?",
    keepIt: "Behold den med vilje?",
    adds: (part, value) =>
        `${part} lægger ${value} til sine målinger fra nu af, og beholder det uden strøm`,
    addsDistance: (part, value) => `${part} lægger ${value} til sine afstande fra nu af`,
    takesOut: (part, value) => `${part} tager ${value} fra et dækglas ud af sit signal fra nu af`,
    stored: count => `gemt; ${count} skrivninger i sensorens hukommelse, siden noden startede`,
    cleaned: "gjort; sensoren måler igen og melder intet om sin blæser",
    has: value => `sensoren har ${value}`,
    foundLeft: (at, found, left) => `ved ${at}: måling før ${found}, efter ${left}`,
    correctionThere: (id, channel) => `Kalibrering ${id} er i brug på ${channel}.`,
    forgetsPower:
        "Sensoren glemmer det med strømmen; suitcase calibrate procedure store beholder det.",
    countsLater:
        "Det gælder, når node og sensor har været uden strøm; dens målinger er huller så længe.",
    forgetsRestart: "Noden glemmer det, når den starter igen.",
    certificateAt: "Dens certifikat, som .html og .json:",
    advice: text => ADVICE.find(([begin]) => text.startsWith(begin))?.[1] ?? text,
}

/** Beginnings of what fit.ts advises. */
const ADVICE = [
    [
        "a point is further",
        "et punkt ligger længere fra rettelsen, end støj og reference forklarer: tag det igen, eller tag flere punkter og en anden metode",
    ],
    [
        "one point shows",
        "ét punkt viser en forskydning, ikke om sensorens forstærkning er rigtig: tag endnu et",
    ],
    [
        "the correction goes through all",
        "rettelsen går gennem alle punkter, så intet viser, om den er rigtig imellem dem: tag ét mere",
    ],
] as const

export function textsOf(language: CertificateLanguage | undefined): Texts {
    return language === "da" ? DA : EN
}
