/** Carries Jacdac frames to and from a bus. */
export interface FrameLink {
    sendFrame(frame: Uint8Array): void
    /** @returns ends the subscription */
    onFrame(listener: (frame: Uint8Array) => void): () => void
}
