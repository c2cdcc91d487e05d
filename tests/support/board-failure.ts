import { expect } from "vitest"
import { BoardError } from "../../tools/flash/board-access.js"

/** @returns what a board's failure says, for people; any other failure fails the test */
export async function boardFailure(work: Promise<unknown>): Promise<string> {
    try {
        await work
    } catch (e) {
        expect(e).toBeInstanceOf(BoardError)
        return (e as Error).message
    }
    return "nothing failed"
}
