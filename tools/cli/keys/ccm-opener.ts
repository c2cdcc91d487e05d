/** Opens sealed frames with Node's own AES-256-CCM. */
import { createDecipheriv } from "node:crypto"
import { type Opener } from "../../decoder/index.js"

/** @param keys 32 B by node */
export function ccmOpener(keys: ReadonlyMap<string, Uint8Array>): Opener {
    return {
        hasKey: node => keys.has(node),
        open: (node, nonce, ciphertext, tag) => {
            const key = keys.get(node)
            // A 13-byte nonce leaves 2 bytes for the length.
            if (key === undefined || ciphertext.length > 65535) return undefined
            const decipher = createDecipheriv("aes-256-ccm", key, nonce, {
                authTagLength: tag.length,
            })
            decipher.setAuthTag(tag)
            try {
                const plain = decipher.update(ciphertext)
                decipher.final()
                return plain
            } catch {
                // The only thing that can fail here is the check of the tag.
                return undefined
            }
        },
    }
}
