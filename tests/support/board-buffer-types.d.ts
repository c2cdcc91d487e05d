/** What buffers have on boards, for code that runs there and is compiled in Node, too. */
interface Buffer {
    setAt(at: number, format: "u8" | "u16" | "u32" | "i32", value: number): void
}
