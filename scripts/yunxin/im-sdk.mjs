import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { npm } from '../setup/npm.mjs'
import { SetupError } from '../setup/say.mjs'

/** The last version whose mini-program build has the call service (9) and `NIM.use`. Several between 8.9 and 9.21 lack it. */
export const IM_SDK = {
  name: '@yxim/nim-web-sdk',
  version: '9.21.12',
  integrity: 'sha512-BxvyVxaxnn3jY9/51Hq0FvlMA4oUDCra+0+cGEL6gRhwresgq5plxPGxVUF5nESa16XOIWyBy8SbiKPB745/Tg==',
  file: 'dist/SDK/NIM_Web_NIM_miniapp.js',
}

/** The mini-program build of NetEase's IM SDK, from npm. */
export async function fetchImSdk() {
  const folder = mkdtempSync(join(tmpdir(), 'im-sdk-'))
  try {
    // Overrides the user's npm settings.
    const here = ['--prefix', '.', '--save', '--package-lock', '--ignore-scripts']
    await npm(['install', `${IM_SDK.name}@${IM_SDK.version}`, ...here], folder)
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
    const { integrity } = lock.packages[`node_modules/${IM_SDK.name}`]
    if (integrity !== IM_SDK.integrity) {
      throw new SetupError(
        `npm gave a ${IM_SDK.name} ${IM_SDK.version} that is not the one published under this number (${integrity}). Nothing was changed.`,
      )
    }
    return readFileSync(join(folder, 'node_modules', IM_SDK.name, IM_SDK.file), 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
