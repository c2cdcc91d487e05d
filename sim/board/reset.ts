/** Why a board resets itself although its program did not ask for it. */
export type ResetReason = "watchdog" | "stack overflow" | "assertion"

/** Ends the VM from within: the board restarts. */
export class BoardReset extends Error {
    override name = "BoardReset"

    constructor(
        readonly reason: ResetReason,
        detail = ""
    ) {
        super(detail === "" ? reason : `${reason}: ${detail}`)
    }
}

/** Ends the VM from within: the board hangs until its supply is taken away. */
export class BoardHung extends Error {
    override name = "BoardHung"
}
