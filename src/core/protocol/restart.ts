/**
 * Why a node restarted itself. The platform does not tell a program, so that the node keeps it
 * in its store, if it has one, and with the broker: the first letter says which it is.
 */
export const RESTART_COMMAND = "command"
/** No rows came any more. */
export const RESTART_STANDSTILL = "standstill"
/** The network did not come back. */
export const RESTART_NETWORK = "network"
/** A deep sleep ended as planned. It is not kept as the others are: the time of the wake tells it. */
export const RESTART_SLEEP = "sleep"
/** Not known. */
export const RESTART_UNKNOWN = "unknown"

const MEMBER = ',"restart":"'

/** @param letter character code of its first letter */
export function restartOf(letter: number): string {
    if (letter === 0x63) return RESTART_COMMAND
    if (letter === 0x73) return RESTART_STANDSTILL
    return letter === 0x6e ? RESTART_NETWORK : RESTART_UNKNOWN
}

/** The cause as a member of the state record, with which a node says goodbye. */
export function restartMember(cause: string): string {
    return MEMBER + cause + '"'
}

/** @returns the cause that a state record names */
export function restartIn(state: string): string {
    const at = state.indexOf(MEMBER)
    return at < 0 ? RESTART_UNKNOWN : restartOf(state.charCodeAt(at + MEMBER.length))
}
