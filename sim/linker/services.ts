/**
 * Service descriptions: what Jacdac services, packets and fields are called.
 * The VM finds members of a role by these names, so a method with such a name
 * can be called without being named in the code.
 */
import { viewOf, type Image } from "./image.js"

const SERVICE_BYTES = 16
const PACKET_BYTES = 8
const FIELD_BYTES = 4
const HAS_FIELDS = 1

/** @returns offsets into the section at which the number of a text stands, each once */
export function nameOffsets({ header, sections }: Image): number[] {
    const view = viewOf(sections.services)
    const services = viewOf(header).getUint16(14, true)
    const offsets = new Set<number>()
    for (let i = 0; i < services; i++) {
        const service = i * SERVICE_BYTES
        offsets.add(service)
        const packets = view.getUint16(service + 8, true)
        const first = view.getUint16(service + 10, true) * 4
        for (let k = 0; k < packets; k++) {
            const packet = first + k * PACKET_BYTES
            offsets.add(packet)
            if ((view.getUint16(packet + 4, true) & HAS_FIELDS) === 0) continue
            let field = view.getUint16(packet + 6, true) * 4
            while (view.getUint16(field, true) !== 0) {
                offsets.add(field)
                field += FIELD_BYTES
            }
        }
    }
    return [...offsets]
}
