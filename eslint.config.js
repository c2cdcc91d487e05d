/**
 * Two kinds of code, two sets of rules: what runs in Node, and what is compiled
 * to DeviceScript bytecode (tools/scripts/lint/device-rules.ts). Import directions
 * (tools/scripts/lint/layers.ts) are checked for both.
 */
import { fileURLToPath } from "node:url"
import js from "@eslint/js"
import { defineConfig } from "eslint/config"
import { tsImport } from "tsx/esm/api"
import tseslint from "typescript-eslint"

const root = fileURLToPath(new URL(".", import.meta.url))
const files = await tsImport("./tools/scripts/lint/files.ts", import.meta.url)
const { plugin } = await tsImport("./tools/scripts/lint/plugin.ts", import.meta.url)
const { DECLARATION_RULES, NODE_RULES } = await tsImport(
    "./tools/scripts/lint/node-rules.ts",
    import.meta.url
)
const { BUS_RULES, DEVICE_RULES, PORTABLE_RULES, SCHEDULER_RULES } = await tsImport(
    "./tools/scripts/lint/device-rules.ts",
    import.meta.url
)

function project(name) {
    return { parserOptions: { project: [name], tsconfigRootDir: root } }
}

export default defineConfig(
    { ignores: ["**/.devicescript/", "coverage/", "dist/"] },
    { linterOptions: { reportUnusedDisableDirectives: "error" } },
    js.configs.recommended,
    {
        plugins: { suitcase: plugin },
        rules: { "suitcase/import-directions": "error" },
    },
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.recommended],
    },
    {
        files: ["**/*.ts"],
        ignores: [...files.DEVICE, ...files.PAGE],
        extends: [tseslint.configs.strictTypeChecked],
        languageOptions: project("tsconfig.json"),
        rules: NODE_RULES,
    },
    {
        files: files.PAGE,
        extends: [tseslint.configs.strictTypeChecked],
        languageOptions: project("tools/web/page/tsconfig.json"),
        rules: NODE_RULES,
    },
    {
        files: [...files.PORTABLE, ...files.TESTS, ...files.MODELS],
        extends: [tseslint.configs.strictTypeChecked],
        languageOptions: project("tsconfig.json"),
        rules: NODE_RULES,
    },
    {
        files: files.DEVICE,
        ignores: [...files.NOT_DEVICE, ...files.PORTABLE],
        languageOptions: project("tsconfig.device.json"),
    },
    { files: files.DEVICE, ignores: files.NOT_DEVICE, rules: DEVICE_RULES },
    { files: files.BUS, rules: BUS_RULES },
    { files: files.SCHEDULER, rules: SCHEDULER_RULES },
    { files: files.PORTABLE, ignores: files.TESTS, rules: PORTABLE_RULES },
    { files: ["**/*.d.ts"], rules: DECLARATION_RULES },
    {
        files: files.SCRIPTS,
        languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly" } },
    }
)
