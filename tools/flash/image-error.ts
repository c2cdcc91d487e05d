/** A file that is no image for the board, found before anything is erased. The message says what to take instead. */
export class ImageError extends Error {
    override name = "ImageError"
}
