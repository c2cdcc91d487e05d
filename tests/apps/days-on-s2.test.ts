import { describeDays } from "./app-days.js"

describeDays("suitcase_feather_s2")
