import { CommandedStation } from "./options.js"

/**
 * There is one tail behind the ids of commands in a store, for alarms, for what sensors learned, or for a survey.
 *
 * @throws RangeError when something else has it
 */
export function claimTail(station: CommandedStation): void {
    const { options, sinks } = station
    if (options.learned !== undefined || sinks.isTailTaken === true)
        throw new RangeError("a station has one of Alarms, LinkSurvey and keepLearned, not two")
    sinks.isTailTaken = true
}
