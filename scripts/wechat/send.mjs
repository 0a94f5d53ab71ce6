/**
 * Sends the mini-program to WeChat: `node send.mjs <orders file> <answer file>`. A process of its own, because
 * miniprogram-ci talks about everything, fails in rejections that nobody can catch, and keeps the process alive.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import ci from 'miniprogram-ci'

const [ordersFile, answerFile] = process.argv.slice(2)
const {
  command,
  project: projectPath,
  appId,
  keyFile,
  version,
  description,
  qrFile,
  robot,
} = JSON.parse(readFileSync(ordersFile, 'utf8'))

function answer(value) {
  writeFileSync(answerFile, JSON.stringify(value))
  process.exit(0)
}
function fail(error) {
  const message = error instanceof Error ? error.message : typeof error === 'string' ? error : JSON.stringify(error)
  answer({ sent: false, code: Number(error?.code) || null, message })
}
process.on('unhandledRejection', fail)
process.on('uncaughtException', fail)

const project = new ci.Project({
  appid: appId,
  type: 'miniProgram',
  projectPath,
  privateKeyPath: keyFile,
  // A service that runs beside it adds and removes recordings.
  ignores: ['node_modules/**/*', 'data/**/*', 'dist/**/*'],
})
const order = { project, version, desc: description, robot, setting: { useProjectConfig: true }, onProgressUpdate() {} }
try {
  const sent =
    command === 'preview'
      ? await ci.preview({ ...order, qrcodeFormat: 'image', qrcodeOutputDest: qrFile })
      : await ci.upload(order)
  const sizes = (sent.subPackageInfo ?? []).map(({ name, size }) => ({ name, size }))
  answer({ sent: true, sizes, qrCode: command === 'preview' ? await terminalCode(qrFile) : '' })
} catch (error) {
  fail(error)
}

/** WeChat gives a picture; miniprogram-ci writes it to a file or to the terminal, never both. Its own reader does the other. */
async function terminalCode(file) {
  const { generateTerminalQrcode } = createRequire(import.meta.url)('miniprogram-ci/dist/ci/utils/terminalQrcode')
  // The picture is there: without this the phone scans the file.
  return generateTerminalQrcode(readFileSync(file).toString('base64')).catch(() => '')
}
