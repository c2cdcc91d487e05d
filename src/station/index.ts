/** All that an application needs: declare sensors, start. */
export { aggregate } from "./aggregate.js"
export { openBus } from "./bus.js"
export { keepTimeIn } from "./kept-time.js"
export { storeIn } from "./durable.js"
export { onChange } from "./on-change.js"
export { startStation } from "./start.js"
export { statistics } from "./statistics.js"
