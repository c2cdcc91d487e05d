/** Verdicts as JUnit's XML, which CI shows. */
import { type Verdict } from "./requirements.js"

export function junitText(suite: string, seconds: number, verdicts: readonly Verdict[]): string {
    const failures = verdicts.filter(({ failure }) => failure !== undefined).length
    const cases = verdicts.map(({ name, failure }) => {
        const head = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}"`
        return failure === undefined
            ? `${head}/>`
            : `${head}>\n      <failure message="${escaped(failure)}"/>\n    </testcase>`
    })
    const about = `name="${escaped(suite)}" tests="${verdicts.length}" failures="${failures}"`
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites tests="${verdicts.length}" failures="${failures}">`,
        `  <testsuite ${about} time="${seconds.toFixed(3)}">`,
        ...cases,
        "  </testsuite>",
        "</testsuites>",
        "",
    ].join("\n")
}

function escaped(text: string): string {
    return text
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&quot;")

        .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "?")
}
