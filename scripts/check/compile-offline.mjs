/** Compiles a mini-program like DevTools, without network or key; answers `{ files }`: contents by name, in base64. */
import { work } from '../miniprogram-ci/worker.mjs'
import { compile } from './compile.mjs'

await work(compile)
