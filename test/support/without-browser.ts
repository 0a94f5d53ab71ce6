/** Loaded before each test file that needs a browser: without one (NO_BROWSER, set by scripts/test.mjs) its tests are skipped, and counted. */
if (process.env['NO_BROWSER'] !== undefined) Object.assign(globalThis, { test: test.skip, it: it.skip })
