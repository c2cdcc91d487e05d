/** Source text of test stations that carry what the kit's apps carry. */

/** Import of a station's names, those of {@link KIT} among them. */
export const STATION_IMPORT =
    "import { blinkLight, jsonEnvelope, openBus, remoteCommands, sealFrames, startStation, storeIn } " +
    'from "../src/station/index.js"'

/** Options of startStation: commands, sealing and JSON. */
export const KIT =
    "commands: remoteCommands, identify: blinkLight(), seal: sealFrames, envelope: jsonEnvelope,"
