import { crc8 } from "../../../core/crc.js"
import { SensorDriver, crcError, wait } from "../driver.js"
import { wrongPart } from "../registers/register-driver.js"

/** Drivers of parts that answer in 16-bit words, each followed by a CRC-8. */
export abstract class SensirionDriver extends SensorDriver {
    /** The words of the last {@link readWords}. */
    protected readonly words: number[] = []

    /**
     * Reads `count` words into {@link words} and checks every CRC.
     * @throws SensorError when one is wrong
     */
    protected async readWords(count: number): Promise<void> {
        const bytes = await this.read(3 * count)
        for (let i = 0; i < count; i++) {
            const at = 3 * i
            if (crc8(bytes, at, at + 2) !== bytes[at + 2]) throw crcError(this.part)
            this.words[i] = (bytes[at] << 8) | bytes[at + 1]
        }
    }

    /**
     * Sends a command and reads its answer into {@link words}.
     * @param executionMs longest time until the answer is ready
     * @param count words of the answer, default one
     * @returns the first word
     */
    protected async ask(code: number, executionMs: number, count: number = 1): Promise<number> {
        await this.command(code)
        await wait(executionMs)
        await this.readWords(count)
        return this.words[0]
    }

    /** Sends a 16-bit command. */
    protected async command(code: number): Promise<void> {
        await this.write(Buffer.from([code >> 8, code & 0xff]))
    }

    /** Sends a 16-bit command with one argument word. */
    protected async commandWord(code: number, word: number): Promise<void> {
        await this.commandWords(code, [word])
    }

    /** Sends a 16-bit command with argument words, each with its CRC. */
    protected async commandWords(code: number, words: number[]): Promise<void> {
        const bytes = Buffer.alloc(2 + 3 * words.length)
        bytes[0] = code >> 8
        bytes[1] = code & 0xff
        for (let i = 0; i < words.length; i++) {
            const at = 2 + 3 * i
            bytes[at] = words[i] >> 8
            bytes[at + 1] = words[i] & 0xff
            bytes[at + 2] = crc8(bytes, at, at + 2)
        }
        await this.write(bytes)
    }

    /**
     * Asks for words that only this part gives, such as its serial number, and
     * reads them into {@link words}. It asks twice before it blames the part: one
     * disturbed transfer must not look like a wrong one.
     *
     * @param request the command's bytes
     * @param executionMs longest time until the answer is ready
     * @param count words of the answer
     * @throws SensorError (wrong part) when something takes the command but does
     *     not answer it; the bus's own error when nothing takes it
     */
    protected async identify(request: Buffer, executionMs: number, count: number): Promise<void> {
        for (let attempt = 0; attempt < 2; attempt++) {
            await this.write(request)
            await wait(executionMs)
            try {
                await this.readWords(count)
                return
            } catch {
                continue
            }
        }
        throw wrongPart(this.part)
    }

    /** The first `count` of {@link words} as ASCII text, up to its first NUL. */
    protected wordsAsText(count: number): string {
        const bytes = Buffer.alloc(2 * count)
        let length = 0
        for (let i = 0; i < 2 * count; i++) {
            const byte = (i & 1) === 0 ? this.words[i >> 1] >> 8 : this.words[i >> 1] & 0xff
            if (byte === 0) break
            bytes[i] = byte
            length++
        }
        return bytes.slice(0, length).toString("utf8")
    }

    /** The first `count` of {@link words}, default all, as serial numbers are written. */
    protected wordsAsHex(count?: number): string {
        const bytes = Buffer.alloc(2 * (count ?? this.words.length))
        for (let i = 0; i < bytes.length; i++)
            bytes[i] = (i & 1) === 0 ? this.words[i >> 1] >> 8 : this.words[i >> 1] & 0xff
        return bytes.toString("hex")
    }
}
