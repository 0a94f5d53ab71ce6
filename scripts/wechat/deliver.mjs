/** The work of `send.mjs`. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import ci from 'miniprogram-ci'
import { IGNORES } from '../miniprogram-ci/worker.mjs'

/** Compiles a project and uploads it to WeChat. */
export async function deliver({ command, project: projectPath, appId, keyFile, version, description, qrFile, robot }) {
  const project = new ci.Project({
    appid: appId,
    type: 'miniProgram',
    projectPath,
    privateKeyPath: keyFile,
    ignores: IGNORES,
  })
  const order = {
    project,
    version,
    desc: description,
    robot,
    setting: { useProjectConfig: true },
    onProgressUpdate() {},
  }
  const { subPackageInfo = [] } =
    command === 'preview'
      ? await ci.preview({ ...order, qrcodeFormat: 'image', qrcodeOutputDest: qrFile })
      : await ci.upload(order)
  const sizes = subPackageInfo.map(({ name, size }) => ({ name, size }))
  return { sizes, qrCode: command === 'preview' ? await terminalCode(qrFile) : '' }
}

/** WeChat returns an image; miniprogram-ci writes it to a file or to the terminal, not both. This reads the file for the terminal. */
async function terminalCode(file) {
  const { generateTerminalQrcode } = createRequire(import.meta.url)('miniprogram-ci/dist/ci/utils/terminalQrcode')
  // The image exists: the phone scans the file instead.
  return generateTerminalQrcode(readFileSync(file).toString('base64')).catch(() => '')
}
