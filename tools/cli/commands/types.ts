/** `suitcase types`: what an editor needs to know of device programs. */
import { Command } from "commander"
import { projectRoot } from "../../../sim/program/project.js"
import { unpackDeviceTypes } from "../../project/device-types.js"
import { EXIT_OK } from "../errors.js"
import { line, type Terminal } from "../terminal.js"

const HELP = `
Puts DeviceScript's declarations into node_modules, where the folder's
tsconfig.json names them. npm install does that by itself (script "prepare").

Exit codes: 0 done`

export function typesCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("types")
        .summary("let editors know the types of device programs")
        .description("Puts the types of device programs in place for editors and tsc.")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(() => {
            unpackDeviceTypes(projectRoot())
            line(
                terminal.out,
                "types of device programs: node_modules/@devicescript, .cache/suitcase"
            )
            finish(EXIT_OK)
        })
}
