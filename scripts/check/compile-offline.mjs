/**
 * Compiles a mini-program as DevTools does, without network or key: `node compile-offline.mjs <project> <answer file>`.
 * A process of its own, because miniprogram-ci keeps the process alive and fails in rejections that nobody can catch.
 */
import { writeFileSync } from 'node:fs'
import ci from 'miniprogram-ci'

const [projectPath, answerFile] = process.argv.slice(2)

function fail(error) {
  const text = error instanceof Error ? error.message : JSON.stringify(error)
  process.stderr.write(`${text}\n`)
  process.exit(1)
}
process.on('unhandledRejection', fail)
process.on('uncaughtException', fail)

const project = new ci.Project({
  appid: 'wx0123456789abcdef',
  type: 'miniProgram',
  projectPath,
  privateKey: 'offline',
  ignores: ['node_modules/**/*'],
})
// What WeChat's server would say of the account; the limits are those of every account.
project.attr = () =>
  Promise.resolve({
    platform: false,
    appType: 0,
    isSandbox: true,
    released: false,
    setting: {
      MaxCodeSize: 2,
      MaxSubpackageSubCodeSize: 2,
      MaxSubpackageFullCodeSize: 30,
      NavigateMiniprogramLimit: 10,
      MaxSubPackageLimit: 100,
      MinTabbarCount: 2,
      MaxTabbarCount: 5,
      MaxTabbarIconSize: 40,
    },
  })

const compiled = await ci
  .getCompiledResult({ project, version: '0.0.1', setting: { useProjectConfig: true }, onProgressUpdate() {} })
  .catch(fail)
const files = Object.entries(compiled).map(([name, content]) => [name, Buffer.from(content).toString('base64')])
writeFileSync(answerFile, JSON.stringify(Object.fromEntries(files)))
process.exit(0)
