/** `suitcase pack` and `unpack`: recordings come back, and so does a pipe. */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, readdirSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { MAGIC } from "../../tools/cli/pack/container.js"
import { type PackReport } from "../../tools/cli/pack/pack.js"
import { PackBench, cells } from "../support/pack-bench.js"

const bench = new PackBench()

describe("recordings", () => {
    const own = path.join(PROJECT_ROOT, "sim", "traces")
    const shared = path.join(PROJECT_ROOT, "..", "shared", "traces")
    const files = [own, shared]
        .filter(existsSync)
        .flatMap(where => readdirSync(where).map(file => path.join(where, file)))
        .filter(file => file.endsWith(".csv"))
        .map(file => [path.basename(file), file] as const)
    /** What these files need beyond the defaults. */
    const options: Readonly<Record<string, readonly string[]>> = {
        "scd30-room.csv": ["--step", "0.01", "--round", "--sort"],
        "scd30_co2_room_irregular.csv": ["--step", "0.01", "--round", "--sort"],
        "edinburgh_bins_fill_events.csv": [
            "--step",
            "volume_litre=0.000001,weight_kg=0.000001",
            "--round",
        ],
        "nab_ambient_temperature_hourly.csv": ["--step", "0.0000001", "--round"],
        "hast_node2_lora_21s.csv": ["--skip", "status_hex"],
        "opensensemap_muenster_pm25_newyear.csv": ["--skip", "box"],
        "owl_ultrasonic_water_distance.csv": ["--skip", "published_time", "--sort"],
        "uci_room_occupancy_estimation.csv": [
            "--step",
            "s1_temp_degC=0.0625,s2_temp_degC=0.0625,s3_temp_degC=0.0625,s4_temp_degC=0.0625,s5_co2_ppm=5",
            "--round",
        ],
    }

    it("are there", () => expect(files.length).toBeGreaterThanOrEqual(2))

    it.each(files)("%s comes back: every time and every value", async (name, file) => {
        const chosen = [...(options[name] ?? []), "--no-costs"]
        const text = readFileSync(file, "utf8")
        const report = await bench.pack(text, ...chosen)
        const sorted = chosen.includes("--sort")
        const skipped = chosen[chosen.indexOf("--skip") + 1]
        const [header, ...rows] = cells(text)
        const kept = header.map((_, i) => i).filter(i => header[i] !== skipped || i === 0)
        const expected = rows.map(row => kept.map(i => row[i]))
        if (sorted) expected.sort((a, b) => orderOf(a[0]) - orderOf(b[0]))
        const [, ...back] = cells(await bench.unpacked())
        expect(back).toHaveLength(expected.length)
        const tolerances = report.perChannel.map(({ step }) =>
            chosen.includes("--round") ? Number(step) * 0.5001 : 0
        )
        let different = 0
        back.forEach((row, r) =>
            row.forEach((cell, c) => {
                const was = expected[r][c]
                const isSame =
                    c === 0
                        ? sameTime(cell, was)
                        : cell === was ||
                          (was !== "" &&
                              cell !== "" &&
                              Math.abs(Number(cell) - Number(was)) <= tolerances[c - 1])
                if (!isSame) different++
            })
        )
        expect(different).toBe(0)
        expect(report.rows).toBe(expected.length)
        expect(report.containerBytes).toBeLessThan(report.csvBytes / 2)
    })

    /** Microseconds since 1970, or the number as it is. */
    function orderOf(time: string): number {
        const match = /^(.*T\d\d:\d\d:\d\d)\.(\d+)$/.exec(time)
        if (match === null) return Number(time)
        return Date.parse(`${match[1]}Z`) * 1000 + Number(match[2].padEnd(6, "0"))
    }

    function sameTime(a: string, b: string): boolean {
        if (/^[\d.-]+$/.test(a) && !/-\d\d-/.test(a)) return Number(a) === Number(b)
        const normal = (text: string) =>
            text.replace(/(\+00:00|Z)$/, "").replace(/T(\d\d:\d\d)$/, "T$1:00")
        return normal(a) === normal(b)
    }
})

describe("as a process", () => {
    const command = path.join(PROJECT_ROOT, "tools", "cli", "suitcase.mjs")
    const text = "time,a\n2024-01-15T08:30:00Z,21.50\n2024-01-15T08:31:00Z,-0.25\n"

    it("goes from standard input to standard output and back, with the report on stderr", () => {
        const packed = spawnSync(process.execPath, [command, "pack", "-", "--json", "-o", "-"], {
            input: text,
        })
        expect(packed.status).toBe(0)
        expect(packed.stdout.subarray(0, 8)).toEqual(Buffer.from(MAGIC))
        const report = JSON.parse(packed.stderr.toString()) as PackReport
        expect(report).toMatchObject({ file: "standard input", csvBytes: text.length })
        expect(report.containerBytes).toBe(packed.stdout.length)
        const back = spawnSync(process.execPath, [command, "unpack", "-"], { input: packed.stdout })
        expect([back.status, back.stdout.toString(), back.stderr.toString()]).toEqual([0, text, ""])
    })
})
