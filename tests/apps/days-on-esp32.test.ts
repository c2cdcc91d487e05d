import { describeDays } from "./app-days.js"

describeDays("suitcase_xiao_c3")
