/** The page in the browser: state from the last visit, devices, and a view that follows the state. */
import { render } from "lit"
import { choosePort, chooseRunningBoard, serialApi } from "./access/web-serial.js"
import { choosePico, usbApi } from "./access/web-usb.js"
import { exportedKit, loadFile, saveFile } from "./access/files.js"
import { type Surroundings } from "./flow/devices.js"
import { PageError } from "./flow/failures.js"
import { keptOf, resumed, type Kept } from "./flow/flow.js"
import { type TextStore } from "./flow/kept-settings.js"
import { Session } from "./flow/session.js"
import { type State } from "./flow/state.js"
import { EXPORT_FORMAT, type KitExport } from "../kit-export.js"
import { pageView } from "./view/page.js"
import { LANGUAGES, say, type Language } from "./words/words.js"

const LANGUAGE_KEY = "suitcase.language"
const RUN_KEY = "suitcase.run"
const NO_KIT: KitExport = {
    format: EXPORT_FORMAT,
    language: "en",
    boards: [],
    programs: [],
    nodes: [],
}

const kit = exportedKit()
/** The one that the page has, and comes back with where somebody chose it. */
let language: Language | undefined
const root = document.getElementById("page")
if (root !== null) start(root)

function start(root: HTMLElement): void {
    language = firstLanguage()
    const session = new Session(
        resumed(kit ?? NO_KIT, language, keptRun()),
        surroundings(),
        state => shown(root, session, state)
    )
    if (kit?.format !== EXPORT_FORMAT) {
        const problem = { id: "file missing", fill: {}, detail: "kit.js" } as const
        session.tell({ kind: "failed", problem })
    } else session.checkBrowser()
    shown(root, session, session.state)
}

let lastStep: string | undefined

function shown(root: HTMLElement, session: Session, state: State): void {
    keep(state)
    if (document.documentElement.lang !== state.language)
        document.documentElement.lang = state.language
    document.title = `${say(state.language, "title")} – ${say(state.language, "product")}`
    render(pageView(session), root)
    const step = `${state.step} ${state.usesDrive}`
    // Not at the start: a page does not take the focus by itself.
    if (lastStep !== undefined && lastStep !== step) {
        document.querySelector("h1")?.focus()
        window.scrollTo(0, 0)
    }
    lastStep = step
}

let lastKept = ""

function keep(state: State): void {
    // What nobody chose is not kept: it follows the kit and the browser.
    if (state.language !== language) {
        language = state.language
        storage("localStorage").setItem(LANGUAGE_KEY, language)
    }
    const text = JSON.stringify(keptOf(state))
    if (text === lastKept) return
    lastKept = text
    storage("sessionStorage").setItem(RUN_KEY, text)
}

function surroundings(): Surroundings {
    const serial = serialApi()
    const usb = usbApi()
    return {
        devices: {
            isSecure: window.isSecureContext,
            hasSerial: serial !== undefined,
            hasUsb: usb !== undefined,
            choosePort: async () => {
                if (serial === undefined) throw new PageError("no serial")
                return await choosePort(serial)
            },
            chooseRunningBoard: async () => {
                if (serial === undefined) throw new PageError("no serial")
                return await chooseRunningBoard(serial)
            },
            choosePico: async () => {
                if (usb === undefined) throw new PageError("no serial")
                return await choosePico(usb)
            },
        },
        kept: storage("localStorage"),
        loadFile,
        saveFile,
        nowMs: () => performance.now(),
    }
}

/** The person's own choice, else the kit file's language, else the browser's. */
function firstLanguage(): Language {
    const ofKit = kit !== undefined && kit.nodes.length > 0 ? kit.language : null
    const stored = storage("localStorage").getItem(LANGUAGE_KEY)
    const wanted = [stored, ofKit, navigator.language.slice(0, 2)]
    const known = wanted.flatMap(text => LANGUAGES.filter(language => language === text))
    return known[0] ?? "en"
}

function keptRun(): Partial<Kept> {
    try {
        const kept: unknown = JSON.parse(storage("sessionStorage").getItem(RUN_KEY) ?? "{}")
        return typeof kept === "object" && kept !== null ? kept : {}
    } catch {
        return {}
    }
}

/** Some browsers give a page from a disk, or with strict settings, no storage. */
function storage(kind: "localStorage" | "sessionStorage"): TextStore {
    try {
        const store = window[kind]
        store.getItem("")
        return store
    } catch {
        return memory
    }
}

const texts = new Map<string, string>()
const memory: TextStore = {
    getItem: key => texts.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    removeItem: key => void texts.delete(key),
}
