/** Real timers and clock, saved when this is loaded, also while a test controls the clock (clock.ts). */
export const { setTimeout: realTimeout, clearTimeout: clearRealTimeout } = globalThis
export const realNow = Date.now.bind(Date)

/** Longer than anything takes on a busy machine, ms. */
export const PATIENCE = 60_000
