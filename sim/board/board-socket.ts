/** The one TCP socket of a board, as its runtime has it: between the VM and the node's link. */
import { type SocketEvent } from "../vm/vm.js"

export interface BoardSocket {
    /** @param port negative = TLS @returns 0, or an error number that the program does not see */
    open(host: string, port: number): number
    /** @returns 0 = taken, or an error number */
    write(bytes: Uint8Array): number
    close(): void
    /** At the end of each round of the main loop: hands over what has come. */
    poll(deliver: (event: SocketEvent, data?: Uint8Array) => void): void
    /** The board was switched on, or was reset. */
    start(): void
}

export interface SocketOwner {
    /** Runs something after N µs, unless the board was switched off or reset meanwhile. */
    after(us: number, action: () => void): void
    /** Something came for the next round of the main loop. */
    expect(): void
    /** Ends the VM: the runtime's C code stops the board. */
    fail(detail: string): void
}

/** Whether a host is an address already, so that no name has to be resolved. */
export function isAddress(host: string): boolean {
    return /^\d{1,3}(\.\d{1,3}){3}$/.test(host)
}
