/** Danish of what `suitcase calibrate` says of a node, a part or a file; how it is looked up: danish.ts. */

export type Row = readonly [english: string, danish: string]

/** What stands within a sentence. */
export const REASONS: readonly Row[] = [
    // What a node says of a calibration.
    [
        "it is damaged, or of a kind that this node's program does not know",
        "den er beskadiget, eller af en slags, som nodens program ikke kender",
    ],
    [
        "the node does not have the channel, or another part measures it (serial number)",
        "noden har ikke kanalen, eller en anden sensor måler den (serienummer)",
    ],
    [
        "it does not follow the calibration in force; read the node again",
        "den følger ikke efter den kalibrering, der er i brug; læs noden igen",
    ],
    [
        "a higher raw reading would give a lower corrected one",
        "en højere rå måling ville give en lavere rettet",
    ],
    [
        "it could not be kept: the settings store is full or failing; what was in force still is",
        "den kunne ikke gemmes: nodens lager er fuldt eller svigter; det, der var i brug, er det stadig",
    ],
    ["that calibration is not in force", "den kalibrering er ikke i brug"],
    [
        "somebody else began one meanwhile; read the node again",
        "en anden begyndte en imens; læs noden igen",
    ],
    ["the part is in service", "sensoren er i gang med noget andet"],
    ["the part has no such procedure", "sensoren har ikke den procedure"],
    [
        "another correction is in force on that part by now; read the node again",
        "en anden rettelse er i brug på den sensor nu; læs noden igen",
    ],
    ["its program does not have it", "dens program har den ikke"],
    ["there is no such item", "det findes ikke"],
    ["the parts of its answer did not fit together", "delene af dens svar passede ikke sammen"],
    ["it failed; suitcase console shows how", "den fejlede; suitcase console viser hvordan"],
    [
        "its program cannot be calibrated over the network: it needs calibration: calibrations(remoteCalibration)",
        "dens program kan ikke kalibreres over netværket: det skal have calibration: calibrations(remoteCalibration)",
    ],
    [
        "calibration over the network is sealed, and it has no key; give it one: suitcase keys new, then suitcase settings, on USB",
        "kalibrering over netværket er forseglet, og den har ingen nøgle; giv den en: suitcase keys new, så suitcase settings, på USB",
    ],
    [
        "it has another key than the keys file",
        "den har en anden nøgle end den, der står i nøglefilen",
    ],
    // The quality of readings.
    ["ok", "i orden"],
    ["uncalibrated", "ukalibreret"],
    ["saturated", "mættet"],
    ["warming up", "varmer op"],
    ["absent", "ikke til stede"],
    ["crc", "crc-fejl"],
    ["timeout", "intet svar i tide"],
    ["out of range", "uden for området"],
    ["stale", "forældet"],
    ["wrong part", "forkert sensor"],
    ["not ready", "ikke klar"],
    ["skipped", "sprunget over"],
    // What is wrong with a file.
    ["no such file or folder", "der er ingen sådan fil eller mappe"],
    ["a part of this path is no folder", "en del af stien er ingen mappe"],
    ["this is a folder", "det er en mappe"],
    ["there is something already", "der er allerede noget"],
    ["no permission", "ingen tilladelse"],
    ["this disk is read-only", "disken kan kun læses"],
    ["the disk is full", "disken er fuld"],
    ["the system allows no longer file", "systemet tillader ingen længere fil"],
    ["three minutes", "tre minutter"],
    ["none", "ingen"],
    ["expired", "udløb"],
    ["expires", "udløber"],
]

/** Sentences, from node to file. */
export const SENTENCES: readonly Row[] = [
    [
        "--node is on the network; leave --port, --all and --sim out",
        "--node er på netværket; udelad --port, --all og --sim",
    ],
    ["--broker and --keys go with --node", "--broker og --keys hører sammen med --node"],
    [
        "this is for one node at a time: choose it with --port",
        "det gælder én node ad gangen: vælg den med --port",
    ],
    ["--sim-error needs --sim", "--sim-error kræver --sim"],
    ["--sim-error needs --channel", "--sim-error kræver --channel"],
    [
        '--sim-error: write gain=1.03,offset=40,noise=2, not "{}"',
        '--sim-error: skriv gain=1.03,offset=40,noise=2, ikke "{}"',
    ],
    [
        "no board is plugged in (with a data cable?); name its port with --port",
        "intet board er sat til (med et datakabel?); nævn dets port med --port",
    ],
    [
        "no board is plugged in; name its port with --port",
        "intet board er sat til; nævn dets port med --port",
    ],
    [
        "several boards are plugged in: {}; choose one with --port",
        "flere boards er sat til: {}; vælg et med --port",
    ],
    ["no node can be calibrated", "ingen node kan kalibreres"],
    ["--node needs --broker", "--node kræver --broker"],
    [
        "calibration over the network is sealed with the node's key: say --keys <file>, or take the node on USB",
        "kalibrering over netværket er forseglet med nodens nøgle: sig --keys <fil>, eller tag noden på USB",
    ],
    [
        "{} has no key for {}; without one its calibration goes over USB only",
        "{} har ingen nøgle til {}; uden en går dens kalibrering kun over USB",
    ],
    [
        "no node {} of site {} is known at {}; suitcase listen shows those that are",
        "ingen node {} på stedet {} er kendt hos {}; suitcase listen viser dem, der er",
    ],
    [
        "{} is offline; it can be calibrated when it is back",
        "{} er offline; den kan kalibreres, når den er tilbage",
    ],
    ["connected to {} again", "forbundet med {} igen"],
    ["lost the connection to {}", "forbindelsen til {} er tabt"],
    [
        "a channel is calibrated on USB, by whoever stands beside it; over the network go its records: export, import, rollback, verify, restore",
        "en kanal kalibreres på USB af den, der står ved siden af; over netværket går dens kalibreringer: export, import, rollback, verify, restore",
    ],
    [
        "the board on this port does not announce itself; unplug it and plug it in again",
        "boardet på denne port melder sig ikke; tag det ud, og sæt det i igen",
    ],
    [
        "no DeviceScript board answers on {}: is it flashed, and not in its boot mode? Unplug it and plug it in again without holding a button",
        "intet DeviceScript-board svarer på {}: er det flashet, og ikke i boot-tilstand? Tag det ud, og sæt det i igen uden at holde en knap nede",
    ],
    [
        '{} is used by another program: close serial monitors, "devs devtools" and pages that flash{}',
        '{} bruges af et andet program: luk serielle monitorer, "devs devtools" og sider, der flasher{}',
    ],
    [
        "{} may not be opened by this user. In System Settings, Privacy & Security: let accessories connect; then unplug it and plug it in again",
        "{} må ikke åbnes af denne bruger. I Systemindstillinger, Anonymitet og sikkerhed: lad tilbehør forbinde; tag det så ud, og sæt det i igen",
    ],
    [
        "{} may not be opened by this user. On Linux: sudo usermod -aG dialout $USER, then log in again",
        "{} må ikke åbnes af denne bruger. På Linux: sudo usermod -aG dialout $USER, og log så ind igen",
    ],
    [
        "there is no port {}: is the board plugged in, and with a data cable?",
        "der er ingen port {}: er boardet sat til, og med et datakabel?",
    ],
    [
        "there is no port {}: is the board plugged in, and with a data cable? Device Manager lists it under Ports (COM & LPT)",
        "der er ingen port {}: er boardet sat til, og med et datakabel? Enhedshåndtering viser den under Porte (COM & LPT)",
    ],
    ["{} cannot be opened ({})", "{} kan ikke åbnes ({})"],
    [
        "{} stopped answering: is its cable out, or is it without power?",
        "{} svarer ikke mere: er kablet ude, eller er den uden strøm?",
    ],
    [
        "{} stopped answering while calibration {} was written: it has that one, or the one that it had",
        "{} svarede ikke mere, mens kalibrering {} blev skrevet: den har enten den eller den, den havde",
    ],
    ["the node's answer is not as it should be", "nodens svar er ikke, som det skal være"],
    [
        "the node's answer is not as it should be ({})",
        "nodens svar er ikke, som det skal være ({})",
    ],
    ["the node sent an answer that is none", "noden sendte et svar, der ikke er et"],
    [
        "the node's schema record is not the one that it names; ask again",
        "nodens skema er ikke det, den nævner; spørg igen",
    ],
    ["the node has readings of {} B for {} columns", "noden har målinger på {} B til {} kolonner"],
    ["the node refused operation 0x{}: {}", "noden afviste operation 0x{}: {}"],
    ["the node refused the procedure: {}", "noden afviste proceduren: {}"],
    ["the node refused the calibration: {}", "noden afviste kalibreringen: {}"],
    ["the node refused: {}", "noden afviste: {}"],
    [
        "the node answered that calibration {} is in force",
        "noden svarede, at kalibrering {} er i brug",
    ],
    [
        "this node's program has no calibration: add calibration: calibrations() to its startStation call, and flash it",
        "nodens program har ingen kalibrering: tilføj calibration: calibrations() til dets startStation-kald, og flash det",
    ],
    [
        "the node did not answer within {} s; is it online? suitcase calibrate verify shows what it has",
        "noden svarede ikke inden for {} s; er den online? suitcase calibrate verify viser, hvad den har",
    ],
    [
        "somebody else is calibrating this node; try again later",
        "en anden er ved at kalibrere denne node; prøv igen senere",
    ],
    [
        "the node does not hold the record that was written: calibrate again",
        "noden har ikke den kalibrering, der blev skrevet: kalibrér igen",
    ],
    ["the node lists no channel of {}: ask again", "noden viser ingen kanal for {}: spørg igen"],
    ["there is no channel that can be calibrated", "der er ingen kanal, der kan kalibreres"],
    ["this node has no channel {}; it has {}", "noden har ingen kanal {}; den har {}"],
    ["this node has no channel {}", "noden har ingen kanal {}"],
    [
        "the certificate of {} expired on {}: take another reference",
        "certifikatet for {} udløb {}: tag en anden reference",
    ],
    ["{} shows {} to {}: {} is outside of it", "{} viser {} til {}: {} ligger udenfor"],
    [
        "two points are at {}: give each reference value once",
        "to punkter er ved {}: giv hver referenceværdi én gang",
    ],
    [
        "nobody can be asked whether to write this: say --yes",
        "ingen kan spørges, om det skal skrives: sig --yes",
    ],
    [
        "nobody can be asked whether to go on: say --yes",
        "ingen kan spørges, om der skal fortsættes: sig --yes",
    ],
    [
        "the sensor is not at the reference; nothing was written",
        "sensoren er ikke ved referencen; intet blev skrevet",
    ],
    [
        "the part is not at the reference; nothing was done",
        "sensoren er ikke ved referencen; intet blev gjort",
    ],
    ["{}: no reading came within {} s", "{}: der kom ingen måling inden for {} s"],
    ['{}: its readings are "{}", after {} s', '{}: dens målinger er "{}" efter {} s'],
    [
        "{}: did not stand still within {} s; wait longer (--timeout), or take it as it is (--allow-unstable)",
        "{}: stod ikke stille inden for {} s; vent længere (--timeout), eller tag den, som den er (--allow-unstable)",
    ],
    [
        "{}: did not stand still for {} within {} s; wait longer (--timeout), or take it as it is (--allow-unstable)",
        "{}: stod ikke stille i {} inden for {} s; vent længere (--timeout), eller tag den, som den er (--allow-unstable)",
    ],
    [
        "{}: the record is written, but no reading that it corrects came",
        "{}: kalibreringen er skrevet, men der kom ingen måling, som den retter",
    ],
    [
        "{}: it was carried out, but no good readings came within {} s",
        "{}: den blev udført, men der kom ingen gode målinger inden for {} s",
    ],
    [
        "with this correction a higher raw reading would give a lower corrected one: take another method, or look whether a point was taken before the sensor had settled",
        "med denne rettelse ville en højere rå måling give en lavere rettet: tag en anden metode, eller se efter, om et punkt blev taget, før sensoren var faldet til ro",
    ],
    ["{} needs {} point, and there is 1", "{} kræver {} punkt, og der er 1"],
    ["{} needs {} point, and there are {}", "{} kræver {} punkt, og der er {}"],
    ["{} needs {} points, and there is 1", "{} kræver {} punkter, og der er 1"],
    ["{} needs {} points, and there are {}", "{} kræver {} punkter, og der er {}"],
    [
        "exact goes through four points at most; take least-squares or piecewise",
        "exact går gennem højst fire punkter; tag least-squares eller piecewise",
    ],
    ["{} points at most", "højst {} punkter"],
    ["two points have the raw reading {}", "to punkter har den rå måling {}"],
    ["the points are too far apart", "punkterne ligger for langt fra hinanden"],
    [
        "the points do not determine a curve of this degree",
        "punkterne bestemmer ingen kurve af den grad",
    ],
    [
        "the record would have {} B, {} too many: shorten the names of reference, certificate or technician, or take fewer points",
        "kalibreringen ville fylde {} B, {} for mange: gør navnene på reference, certifikat eller tekniker kortere, eller tag færre punkter",
    ],
    [
        "no node would take this record: its correction is not valid",
        "ingen node ville tage denne kalibrering: dens rettelse er ikke gyldig",
    ],
    [
        "this is no calibration record, or it was damaged: its checksum does not match",
        "det er ingen kalibrering, eller den er beskadiget: dens kontrolsum passer ikke",
    ],
    [
        "this record is longer than what it holds",
        "kalibreringen er længere end det, den indeholder",
    ],
    [
        "{} must be an integer from {} to {}, not {}",
        "{} skal være et heltal fra {} til {}, ikke {}",
    ],
    ['{} must be plain ASCII text: "{}"', '{} skal være ren ASCII-tekst: "{}"'],
    [
        "{} must be a line of text, 255 B at most: {}",
        "{} skal være en linje tekst, højst 255 B: {}",
    ],
    [
        "an offset has one coefficient, and the origin 0",
        "en forskydning har én koefficient og begynder ved 0",
    ],
    [
        "the points of a table must rise, raw and corrected ones",
        "en tabels punkter skal stige, både rå og rettede",
    ],
    ["the points of a table are too far apart", "en tabels punkter ligger for langt fra hinanden"],
    ["this record ends in the middle of a text", "kalibreringen ender midt i en tekst"],
    [
        "this record is not of the method {} that it names",
        "kalibreringen er ikke af den metode {}, som den nævner",
    ],
    ["{}, line {} is no entry of {}", "{}, linje {} hører ikke til i {}"],
    [
        "{} is no export of calibrations, or was damaged",
        "{} er ingen eksport af kalibreringer, eller er beskadiget",
    ],
    [
        "{}: calibration {} was fitted before {} of {}, and does not fit the part any more: calibrate anew",
        "{}: kalibrering {} blev tilpasset før {} den {} og passer ikke til sensoren mere: kalibrér igen",
    ],
    ["{} has no calibration", "{} har ingen kalibrering"],
    ["{} is as its part gives it.", "{} er, som sensoren giver den."],
    ["{} has calibration {} again.", "{} har kalibrering {} igen."],
    ["{}: as the journal says", "{}: som journalen siger"],
    [
        "{}: {} ({}) is another part than its calibration is for; it is not applied",
        "{}: {} ({}) er en anden sensor end den, kalibreringen er til; den bruges ikke",
    ],
    ["{}: the node has no such channel any more", "{}: noden har ikke den kanal mere"],
    [
        "{}: calibration {} is lost; suitcase calibrate restore",
        "{}: kalibrering {} er tabt; suitcase calibrate restore",
    ],
    ["{}: has calibration {}, the journal {}", "{}: har kalibrering {}, journalen {}"],
    ["{}: calibration {} is in force again", "{}: kalibrering {} er i brug igen"],
    ["{}: calibration {} is in force", "{}: kalibrering {} er i brug"],
    ["Nothing was lost.", "Intet var tabt."],
    ["{} calibrations restored.", "{} kalibreringer givet tilbage."],
    ["{} calibrations of {} are in {}", "{} kalibreringer fra {} ligger i {}"],
    [
        "{} calibrations and {} procedures of {} are in {}",
        "{} kalibreringer og {} procedurer fra {} ligger i {}",
    ],
    ["{}  {}  {} {}  (calibration {})", "{}  {}  {} {}  (kalibrering {})"],
    ["no calibration is due", "ingen kalibrering udløber snart"],
    [
        "{}: line {} is no part of a recording of suitcase calibrate --record",
        "{}: linje {} hører ikke til en optagelse fra suitcase calibrate --record",
    ],
    [
        "{} recorded steps made again: it ends as recorded",
        "{} optagne trin taget igen: det ender som optaget",
    ],
    [
        "{} recorded steps made again: it ends otherwise than recorded",
        "{} optagne trin taget igen: det ender anderledes end optaget",
    ],
    [
        "--store is for settings that a part keeps; {} is none",
        "--store er til indstillinger, som en sensor beholder; {} er ingen",
    ],
    ["{} needs {}", "{} kræver {}"],
    ["self-calibration is on or off, not {}", "self-calibration er on eller off, ikke {}"],
    ["{} takes a number in {}, not {}", "{} tager et tal i {}, ikke {}"],
    ["{} takes a number, not {}", "{} tager et tal, ikke {}"],
    ["there is no procedure {}; there are {}", "der er ingen procedure {}; der er {}"],
    ["{} takes no value", "{} tager ingen værdi"],
    ["{} needs what the reference shows: {} 420", "{} kræver det, referencen viser: {} 420"],
    [
        "this node's program has no procedures of parts: docs/calibrate.md says how it gets them",
        "nodens program har ingen procedurer for sensorer: docs/calibrate.md siger, hvordan det får dem",
    ],
    [
        "This node's program has no procedures of parts: docs/calibrate.md says how it gets them.",
        "Nodens program har ingen procedurer for sensorer: docs/calibrate.md siger, hvordan det får dem.",
    ],
    [
        "no part of this node has {}; suitcase calibrate procedure lists what there is",
        "ingen sensor på noden har {}; suitcase calibrate procedure viser, hvad der er",
    ],
    ["the part of {} does not have {}", "sensoren bag {} har ikke {}"],
    [
        "several parts have {}: say which by --channel {}",
        "flere sensorer har {}: sig hvilken med --channel {}",
    ],
    [
        "{} has calibration {}, which was fitted to the part as it is: take it back (suitcase calibrate rollback {}, or --correction rollback), then {}, then calibrate anew",
        "{} har kalibrering {}, som blev tilpasset sensoren, som den er: tag den tilbage (suitcase calibrate rollback {} eller --correction rollback), så {}, og kalibrér igen",
    ],
    [
        "{} has calibration {}, which was fitted to the part as it is: it cannot be kept with {}; take it back (suitcase calibrate rollback {}, or --correction rollback), then {}, then calibrate anew",
        "{} har kalibrering {}, som blev tilpasset sensoren, som den er: den kan ikke beholdes med {}; tag den tilbage (suitcase calibrate rollback {} eller --correction rollback), så {}, og kalibrér igen",
    ],
    [
        "{} has calibration {}, which was fitted to the part as it is: take it back (suitcase calibrate rollback {}, or --correction rollback), then {}, then calibrate anew; or keep it on purpose (--correction keep)",
        "{} har kalibrering {}, som blev tilpasset sensoren, som den er: tag den tilbage (suitcase calibrate rollback {} eller --correction rollback), så {}, og kalibrér igen; eller behold den med vilje (--correction keep)",
    ],
    [
        "{} has calibration {}, which was fitted to the part as it is: it cannot be kept with {}; take it back (suitcase calibrate rollback {}, or --correction rollback), then {}, then calibrate anew; or keep it on purpose (--correction keep)",
        "{} har kalibrering {}, som blev tilpasset sensoren, som den er: den kan ikke beholdes med {}; tag den tilbage (suitcase calibrate rollback {} eller --correction rollback), så {}, og kalibrér igen; eller behold den med vilje (--correction keep)",
    ],
    [
        "another part is there instead of {}: begin anew",
        "en anden sensor er der i stedet for {}: begynd forfra",
    ],
    [
        "the corrections in force are others by now ({}): begin anew",
        "de rettelser, der er i brug, er andre nu ({}): begynd forfra",
    ],
    [
        "{} was done {} times to {} ({}), whose memory stands {} writes: leave it as it is",
        "{} blev gjort {} gange ved {} ({}), hvis hukommelse tåler {} skrivninger: lad den være, som den er",
    ],
    ["{} There is no such choice", "{} Det valg er der ikke"],
    ["the session asks, and the recording ends here", "sessionen spørger, og optagelsen ender her"],
    [
        "the session goes on, and the recording ends here",
        "sessionen fortsætter, og optagelsen ender her",
    ],
    ["the session: {}; the recording: {}", "sessionen: {}; optagelsen: {}"],
    [
        "the node started again, or somebody else began another procedure: look what {} has, then begin anew",
        "noden startede igen, eller en anden begyndte en anden procedure: se, hvad {} har, og begynd så forfra",
    ],
    [
        "{} did not end within {} s; suitcase console shows what the node says",
        "{} blev ikke færdig inden for {} s; suitcase console viser, hvad noden siger",
    ],
    [
        "a part does this on USB, by whoever stands beside it: leave --node out",
        "en sensor gør det på USB ved den, der står ved siden af: udelad --node",
    ],
    [
        "{} ({}), --channel {}, with a correction of the node in force",
        "{} ({}), --channel {}, med en af nodens rettelser i brug",
    ],
    // Corrections of batches.
    ["a batch's correction needs --technician", "en rettelse for en serie kræver --technician"],
    ["no node has {} of {}, as {} is for", "ingen node har {} for {}, som {} er til"],
    ["{}: {} of {} gets {} {}", "{}: {} for {} får {} {}"],
    ["{}: {} of {} gets {} {} in place of {} ({})", "{}: {} for {} får {} {} i stedet for {} ({})"],
    ["all have {} {}", "alle har {} {}"],
    [
        "{}: {} has calibration {}; it reads {} raw, {} corrected",
        "{}: {} har kalibrering {}; den viser {} rå, {} rettet",
    ],
    [
        "the record is written, but no reading that it corrects came",
        "kalibreringen er skrevet, men der kom ingen måling, som den retter",
    ],
    ["{} is in {}, the correction in {}", "{} er i {}, rettelsen i {}"],
    [
        "at {} %RH a higher raw reading would give a lower corrected one",
        "ved {} %RH ville en højere rå måling give en lavere rettet",
    ],
    ["it is no YAML: {}", "det er ingen YAML: {}"],
    [
        "this record is not of the method by humidity that it names",
        "kalibreringen er ikke efter fugtigheden, som den nævner",
    ],
    // What parts say of their procedures.
    [
        "SCD4x: recalibration takes 400 to 5000 ppm, got {}",
        "SCD4x: rekalibreringen tager 400 til 5000 ppm, ikke {}",
    ],
    [
        "SCD4x: self-calibration takes 400 to 2000 ppm, got {}",
        "SCD4x: selvkalibreringen tager 400 til 2000 ppm, ikke {}",
    ],
    ["{} must be {} to {}, got {}", "{} skal være {} til {}, ikke {}"],
    [
        "SCD4x: not recalibrated, it must measure for 3 min before",
        "SCD4x: ikke rekalibreret, den skal måle i 3 min før",
    ],
    [
        "SCD4x: recalibration failed, the part had not measured before it",
        "SCD4x: rekalibreringen fejlede, sensoren havde ikke målt før den",
    ],
    [
        "{}: not stored, that was done {} times since the node started",
        "{}: ikke gemt, det blev gjort {} gange, siden noden startede",
    ],
    [
        "SCD4x: not stored, no setting was changed since the last time",
        "SCD4x: ikke gemt, ingen indstilling blev ændret siden sidst",
    ],
    ["{}: does not keep its settings", "{}: beholder ikke sine indstillinger"],
    [
        "{}: the program sets it at each start, by the option {}",
        "{}: programmet sætter det ved hver start med {}",
    ],
    ["{}: must be switched off and on", "{}: skal slukkes og tændes"],
    ["{}: its emissivity is erased", "{}: dens emissivitet er slettet"],
    ["{}: did not store its address", "{}: gemte ikke sin adresse"],
    ["{}: did not store its emissivity", "{}: gemte ikke sin emissivitet"],
    [
        "{}: it has two sensors: correct its readings in the node instead",
        "{}: den har to sensorer: ret dens målinger i noden i stedet",
    ],
    ["{}: does not keep its offset", "{}: beholder ikke sin forskydning"],
    ["{}: refuses the recalibration", "{}: afviser rekalibreringen"],
    [
        "SCD30: not recalibrated, it must measure every 2 s for 2 min before",
        "SCD30: ikke rekalibreret, den skal måle hvert 2. s i 2 min før",
    ],
    ["{}: does not keep what it is given", "{}: beholder ikke, hvad den får"],
    ["{}: it does not measure", "{}: den måler ikke"],
    ["{}: does not answer", "{}: svarer ikke"],
    [
        "{}: cannot be kept: the settings store is full or failing",
        "{}: kan ikke gemmes: nodens lager er fuldt eller svigter",
    ],
    ["{}: does not keep it", "{}: beholder det ikke"],
    ["{}: sees no target well enough", "{}: ser intet mål godt nok"],
    ["{}: reads {} mm: is the target at {} mm?", "{}: viser {} mm: er målet ved {} mm?"],
    [
        "{}: gets more light back from the glass than it can compensate",
        "{}: får mere lys tilbage fra glasset, end den kan udligne",
    ],
]
