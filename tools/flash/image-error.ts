/** A file that is no image for the board, found before anything is erased. The message says what to take instead. */
export class ImageError extends Error {
    override name = "ImageError"

    constructor(
        message: string,
        readonly reason: ImageReason = "damaged"
    ) {
        super(message)
    }
}

/** What kind of file it is instead: cut off or changed, for another chip, with a program in it, of another make. */
export type ImageReason = "damaged" | "other chip" | "bundle" | "no runtime"
