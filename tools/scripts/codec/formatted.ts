import { fileURLToPath } from "node:url"
import { format, resolveConfig } from "prettier"

/** @returns the text of a file in the project's format */
export async function formatted(file: URL, text: string): Promise<string> {
    const filepath = fileURLToPath(file)
    return format(text, { ...(await resolveConfig(filepath)), filepath })
}
