import { createRequire } from 'node:module'

// Not a direct dependency: jest's own.
const require = createRequire(createRequire(import.meta.url).resolve('jest'))
const { default: Sequencer } = require('@jest/test-sequencer')

/** Long files first, so that none runs alone at the end: those with a browser, WeChat's compiler or ffmpeg. */
const LONG = /\.(browser|ffmpeg)\.test\.ts$|\/test\/check\//

export default class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests)
    return [...sorted.filter(({ path }) => LONG.test(path)), ...sorted.filter(({ path }) => !LONG.test(path))]
  }
}
