import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { say, SetupError } from '../setup/say.mjs'
import { fetchImSdk, IM_SDK } from './im-sdk.mjs'
import { checkImSdk, readNetcallSdk } from './inspect.mjs'

/** Where the mini-program looks for them; ignored by git. */
const SDK_FOLDER = 'miniprogram/yunxin/sdk'

/** Checks both SDKs before writing either: existing files are kept if one is invalid. */
export async function installSdks(netcallFile, root, fetchIm = fetchImSdk) {
  const netcall = readNetcallSdk(netcallFile)
  say(`✓ netcall SDK ${netcall.version ?? '(it does not tell its version)'}`)
  const im = await fetchIm()
  checkImSdk(im)
  say(`✓ IM SDK ${IM_SDK.version}`)
  place(join(root, SDK_FOLDER), { 'nim.js': im, 'netcall.js': netcall.source })
  say(`✓ Both are in ${SDK_FOLDER}/, which git ignores. Compile again and choose NetEase Yunxin on the login page.`)
}

/** Writes both files under temporary names first: existing files are kept if that fails. */
function place(folder, files) {
  const names = Object.keys(files)
  const fresh = (name) => join(folder, `${name}.new`)
  try {
    mkdirSync(folder, { recursive: true })
    for (const name of names) writeFileSync(fresh(name), files[name])
    for (const name of names) renameSync(fresh(name), join(folder, name))
  } catch (error) {
    if (existsSync(folder)) for (const name of names) rmSync(fresh(name), { recursive: true, force: true })
    throw new SetupError(`${SDK_FOLDER}/ cannot be written (${error.code}): look at its permissions, and at the disk.`)
  }
}
