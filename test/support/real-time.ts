/** Timers and clock as they were when this was loaded: real ones, also while a test controls the clock (clock.ts). */
export const { setTimeout: realTimeout, clearTimeout: clearRealTimeout } = globalThis
export const realNow = Date.now.bind(Date)

/** Longer than anything takes on a machine that is busy with other work, ms. */
export const PATIENCE = 60_000
