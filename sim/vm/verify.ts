/** The VM's own check of a program, as it is done on a board before the program starts. */
import { Vm, type VmHost } from "./vm.js"

const DEVICE_ID = "0000000000000000"

let vm: Vm | undefined

/** @returns 0, or the negative number of the check that failed (runtime/devicescript/verify.c) */
export function verify(bytecode: Uint8Array): number {
    vm ??= new Vm(new NoMachine(), DEVICE_ID)
    return vm.verify(bytecode)
}

/** A machine without anything, on which nothing runs. */
class NoMachine implements VmHost {
    readonly flash = new Uint8Array(128 * 1024).fill(0xff)
    now = (): number => 0
    random = (target: Uint8Array): void => {
        target.fill(0)
    }
    flashSave = (): void => undefined
    frame = (): void => undefined
    log = (): void => undefined
    panic = (): void => undefined
    socketOpen = (): number => -1
    socketWrite = (): number => -1
    socketClose = (): number => 0
    socketAvailable = (): boolean => false
}
