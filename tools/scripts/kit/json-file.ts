import prettier from "prettier"

/** JSON as this project formats it. */
export async function asJsonFile(value: unknown, file: string): Promise<string> {
    const options = (await prettier.resolveConfig(file)) ?? {}
    return prettier.format(JSON.stringify(value), { ...options, filepath: file })
}
