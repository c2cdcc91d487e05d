/**
 * The long forms of the tests that `npm test` runs short. All together take a
 * night: about 10.5 hours on a machine that does nothing else, 17 on a busy one.
 * docs/reliability.md says what they cover.
 */

/** Another seed every day; a part prints the one that it used. */
const today = new Date().toISOString().slice(0, 10).replaceAll("-", "")

export const PARTS = [
    {
        name: "decoder",
        what: "the frame decoder with damaged and random inputs",
        minutes: 25,
        files: ["tests/fuzz"],
        env: { SUITCASE_FUZZ_RUNS: "5000000", SUITCASE_FUZZ_SEED: today },
    },
    {
        name: "receiver",
        what: "a listener killed every 5 s for ten minutes, and power cuts at any moment of its journal",
        minutes: 20,
        files: ["tests/reliability/listener-kills", "tools/receiver/receiver"],
        env: {
            SUITCASE_KILL_FRAMES: "12000",
            SUITCASE_KILL_SECONDS: "600",
            SUITCASE_RECEIVER_CUTS: "1000",
        },
    },
    {
        name: "parts",
        what: "every sensor for a day, found in any state, faults at every place of a sample, conversions of every input",
        minutes: 10,
        files: ["src/drivers"],
        env: {
            SUITCASE_PART_DAYS: "all",
            SUITCASE_PART_PLACES: "1000",
            SUITCASE_PART_STATES: "100",
            SUITCASE_SWEEP_STEP: "1",
        },
    },
    {
        name: "linker",
        what: "generated programs, linked and plain",
        minutes: 30,
        files: ["tests/on-the-vm/linked-programs"],
        env: { SUITCASE_LINKER_PROGRAMS: "300", SUITCASE_LINKER_SEED: today },
    },
    {
        name: "settings",
        what: "power cuts in the settings store after every single byte",
        minutes: 2,
        files: ["tests/on-the-vm/settings-power-cut"],
        env: { SUITCASE_CUT_GRAIN: "1" },
    },
    {
        name: "hostile",
        what: "10,000 hostile requests of calibration over the network, 2,500 more with the key",
        minutes: 3,
        files: ["tests/reliability/remote-calibration"],
        env: { SUITCASE_HOSTILE_REQUESTS: "10000" },
    },
    {
        name: "cuts",
        what: "the link cut at every byte of a session, both ways, with every other fault at work",
        minutes: 15,
        files: ["tests/reliability/cut-at-every-byte"],
        env: { SUITCASE_LINK_CUT_GRAIN: "1" },
    },
    {
        name: "time",
        what: "clocks, time answers and outages of up to 10 days",
        minutes: 70,
        files: ["tests/reliability/time"],
        env: { SUITCASE_CAMPAIGNS: "100", SUITCASE_CAMPAIGN_SEED: today },
    },
    {
        name: "eeprom",
        what: "random trouble and power cuts with an EEPROM, and with a small FRAM",
        minutes: 40,
        files: ["tests/reliability/eeprom"],
        env: {
            SUITCASE_CAMPAIGNS: "60",
            SUITCASE_CAMPAIGN_STEPS: "40",
            SUITCASE_CAMPAIGN_SEED: today,
        },
    },
    {
        name: "campaigns",
        what: "nodes through weeks of random trouble",
        minutes: 180,
        files: ["tests/reliability/campaigns"],
        env: {
            SUITCASE_CAMPAIGNS: "100",
            SUITCASE_CAMPAIGN_STEPS: "60",
            SUITCASE_CAMPAIGN_SEED: today,
        },
    },
    {
        name: "fleet",
        what: "200 nodes that lose their broker",
        minutes: 4,
        files: ["tests/reliability/fleet"],
        env: { SUITCASE_FLEET_NODES: "200" },
    },
    {
        name: "year",
        what: "a year on a wall, on each chip",
        minutes: 200,
        files: ["tests/reliability/on-the-wall"],
        env: { SUITCASE_YEAR_DAYS: "365" },
    },
    {
        name: "applications",
        what: "a week of every application in its world, on three boards",
        minutes: 60,
        files: ["tests/apps/days-on"],
        env: { SUITCASE_APP_DAYS: "7" },
    },
    {
        name: "drift",
        what: "a year of a sensor that drifts, in hourly rows, calibrated each quarter",
        minutes: 30,
        files: ["tests/reliability/drift-quarters"],
        env: { SUITCASE_QUARTER_HOURS: "2190" },
    },
    {
        name: "heap",
        what: "a node's heap over 30 days",
        minutes: 8,
        files: ["tests/reliability/heap"],
        env: { SUITCASE_HEAP_DAYS: "30" },
    },
]
