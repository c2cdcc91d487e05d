/**
 * Whether tests run that `npm test` leaves to .ci/run, because they take long and
 * hardly ever change their result: docs/testing.md.
 */
export const IS_WHOLE = process.env["SUITCASE_TESTS"] === "whole"

/**
 * A number of a long form: what the environment says (`npm run soak` does), else that
 * of .ci/run or of `npm test`.
 */
export function extent(variable: string, short: number, whole: number): number {
    return Number(process.env[variable] ?? (IS_WHOLE ? whole : short))
}
