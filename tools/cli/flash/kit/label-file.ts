/** The page of labels that grows with each node that is done. */
import { labelSheet } from "../../../kit/label-sheet.js"
import { type Kit } from "../../../kit/kit.js"
import { writePage } from "../../kit/labels.js"
import { type FlashedFile } from "./flashed-file.js"
import { type KitQueue } from "./queue.js"

export class LabelFile {
    /** @param file undefined: no labels are wanted */
    constructor(
        private readonly kit: Kit,
        private readonly queue: KitQueue,
        private readonly flashed: FlashedFile,
        private readonly file: string | undefined
    ) {}

    /** Writes those of all nodes that are done. @returns where @throws UsageError */
    async write(): Promise<string | undefined> {
        if (this.file === undefined) return undefined
        const done = this.queue.jobs.filter(job => this.queue.standing(job) === "done")
        const devices = new Map(
            done.flatMap(({ node: { name } }) => {
                const device = this.flashed.of(name)?.device
                return device === undefined ? [] : [[name, device] as const]
            })
        )
        const nodes = done.map(({ node }) => node)
        await writePage(this.file, labelSheet(this.kit, nodes, { devices }))
        return this.file
    }
}
