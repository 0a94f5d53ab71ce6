import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { say } from '../setup/say.mjs'
import { fetchImSdk, IM_SDK } from './im-sdk.mjs'
import { checkImSdk, readNetcallSdk } from './inspect.mjs'

/** Where the mini-program looks for them; git ignores the folder. */
export const SDK_FOLDER = 'miniprogram/yunxin/sdk'

/** Checks both SDKs before it writes either: what was there stays when one is not as it should be. */
export async function installSdks(netcallFile, root, fetchIm = fetchImSdk) {
  const netcall = readNetcallSdk(netcallFile)
  say(`✓ netcall SDK ${netcall.version ?? '(it does not tell its version)'}`)
  const im = await fetchIm()
  checkImSdk(im)
  say(`✓ IM SDK ${IM_SDK.version}`)
  const folder = join(root, SDK_FOLDER)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'nim.js'), im)
  writeFileSync(join(folder, 'netcall.js'), netcall.source)
  say(`✓ Both are in ${SDK_FOLDER}/, which git ignores. Compile again and choose NetEase Yunxin on the login page.`)
}
