/**
 * The simulator's source of chance: xoshiro128** (Blackman and Vigna, 2018),
 * seeded through splitmix32. Not for secrets; for runs that can be repeated.
 */
export class SeededRandom {
    private readonly state: Uint32Array

    /** @param seed any text or number; the same seed gives equal sequences */
    constructor(seed: string | number) {
        let hash = 0x811c9dc5
        for (const byte of Buffer.from(String(seed)))
            hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
        this.state = Uint32Array.from({ length: 4 }, () => {
            hash = (hash + 0x9e3779b9) >>> 0
            let z = hash
            z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
            z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
            return (z ^ (z >>> 15)) >>> 0
        })
    }

    /** Uniform in 0 … 2³²−1. */
    uint32(): number {
        const s = this.state as unknown as [number, number, number, number]
        const rotate = (x: number, k: number) => ((x << k) | (x >>> (32 - k))) >>> 0
        const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0
        const t = s[1] << 9
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 11)
        return result
    }

    /** Uniform in [0, 1). */
    float(): number {
        return this.uint32() / 0x1_0000_0000
    }

    /** Normally distributed: mean 0, standard deviation 1 (Box and Muller, 1958). */
    normal(): number {
        const even = () => (this.uint32() + 1) / 4_294_967_297
        return Math.sqrt(-2 * Math.log(even())) * Math.cos(2 * Math.PI * even())
    }

    /** Fills the target with random bytes. */
    fill(target: Uint8Array): void {
        for (let i = 0; i < target.length; i++) target[i] = this.uint32() >>> 24
    }
}
