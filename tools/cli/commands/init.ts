/** `suitcase init`: a city's own folder. */
import { Command, Option } from "commander"
import { makeFolder, type InitFlags } from "../init/make-folder.js"
import { type Terminal } from "../terminal.js"

const HELP = `
The folder gets a kit file, an example program, tests, a workflow for CI and a
README. Everything works there as in the toolkit itself: suitcase sim, build,
try, new driver, kit check. Secrets stay in .env and secrets/, which git leaves
out. The toolkit comes along as vendor/suitcase-….tgz, so that the folder needs
nothing but npm's packages; --toolkit names another source.

Examples:
  suitcase init our-sensors
  suitcase init our-sensors --language da
  suitcase init --yes                     here, where only package.json is

Exit codes: 0 done · 2 wrong use, or the folder has something in it already`

export function initCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("init")
        .summary("make a folder for the nodes of a city")
        .description("Makes a folder of a city's own, with a kit file and all that belongs to it.")
        .argument("[dir]", "new folder (default: this one)", ".")
        .addOption(
            new Option("--language <language>", "of README and comments")
                .choices(["da", "en"])
                .default("en")
        )
        .option("--yes", "into a folder that has a package.json and nothing else")
        .option("--toolkit <spec>", "where npm gets the toolkit: a path, an address, a version")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (dir: string, flags: InitFlags) =>
            finish(await makeFolder(dir, flags, terminal))
        )
}
