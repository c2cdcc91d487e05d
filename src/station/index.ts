/** All that an application needs: declare sensors, start. */
export { openBus } from "./bus.js"
export { storeIn } from "./durable.js"
export { startStation } from "./start.js"
