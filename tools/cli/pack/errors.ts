/** Why a packed file was refused. */
export type PackErrorCode =
    "magic" | "version" | "truncated" | "record" | "schema" | "order" | "frame" | "rows" | "end"

/** A packed file is damaged or none; never a wrong number, always this error. */
export class PackError extends Error {
    override name = "PackError"

    constructor(
        readonly code: PackErrorCode,
        message: string
    ) {
        super(message)
    }
}
