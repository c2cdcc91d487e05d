import { describeDays } from "./app-days.js"

describeDays("suitcase_pico_w")
