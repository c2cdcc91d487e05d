/** The part of the WebAssembly API that is used here; Node's own types leave it to "lib.dom". */
declare namespace WebAssembly {
    class Module {
        constructor(bytes: Uint8Array)
    }
    class Instance {
        constructor(module: Module, imports: Imports)
        readonly exports: Record<string, unknown>
    }
    interface Memory {
        readonly buffer: ArrayBuffer
    }
    class RuntimeError extends Error {}
    type Imports = Record<string, Record<string, (...args: number[]) => number | void>>
}
