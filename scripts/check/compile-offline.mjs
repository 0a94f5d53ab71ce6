/** Compiles a mini-program as DevTools does, without network or key, and answers `{ files }`: their contents by name, in base64. */
import { work } from '../miniprogram-ci/worker.mjs'
import { compile } from './compile.mjs'

await work(compile)
