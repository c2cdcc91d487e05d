/** ESLint's tester for the rules of this folder, with types, under vitest. */
import { fileURLToPath } from "node:url"
import { RuleTester } from "eslint"
import { parser } from "typescript-eslint"
import { describe, it } from "vitest"
import { plugin } from "../plugin.js"

RuleTester.describe = describe
RuleTester.it = it

/** Tests one rule on code that has Node's types. */
export function testRule(
    name: keyof typeof plugin.rules,
    tests: { valid: string[]; invalid: { code: string; errors: { messageId: string }[] }[] }
): void {
    const tester = new RuleTester({
        languageOptions: {
            parser,
            parserOptions: {
                projectService: { allowDefaultProject: ["*.ts"] },
                tsconfigRootDir: fileURLToPath(new URL(".", import.meta.url)),
            },
        },
    })
    const rule = plugin.rules[name] as unknown as Parameters<typeof tester.run>[1]
    const filename = "piece.ts"
    tester.run(name, rule, {
        valid: tests.valid.map(code => ({ code, filename })),
        invalid: tests.invalid.map(test => ({ ...test, filename })),
    })
}
