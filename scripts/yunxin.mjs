/** `npm run yunxin -- <netcall file>`: copies NetEase's SDKs to where the mini-program looks for them. */
import { resolve } from 'node:path'
import { ROOT } from './setup.mjs'
import { endWithParents } from './setup/parents.mjs'
import { orExplain } from './setup/say.mjs'
import { installSdks } from './yunxin/install.mjs'

endWithParents()
const [file] = process.argv.slice(2)
await orExplain(() => installSdks(file && resolve(process.env.INIT_CWD ?? process.cwd(), file), ROOT))
