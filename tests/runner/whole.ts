/**
 * Whether tests run that `npm test` leaves to .ci/run, because they take long and
 * hardly ever change their result: docs/testing.md.
 */
export const IS_WHOLE = process.env["SUITCASE_TESTS"] === "whole"
