/** The work of `compile-offline.mjs`. */
import { readFileSync } from 'node:fs'
import ci from 'miniprogram-ci'
import { IGNORES } from '../miniprogram-ci/worker.mjs'

/** WeChat's answer about the account; the limits are those of every account. */
const ATTRIBUTES = JSON.parse(readFileSync(new URL('../miniprogram-ci/account.json', import.meta.url), 'utf8'))

/** Compiles a project like DevTools, without network or key. */
export async function compile({ project: projectPath }) {
  const project = new ci.Project({
    appid: 'wx0123456789abcdef',
    type: 'miniProgram',
    projectPath,
    privateKey: 'offline',
    ignores: IGNORES,
  })
  project.attr = () => Promise.resolve(ATTRIBUTES)
  const order = { project, version: '0.0.1', setting: { useProjectConfig: true }, onProgressUpdate() {} }
  const compiled = await ci.getCompiledResult(order)
  const files = Object.entries(compiled).map(([name, content]) => [name, Buffer.from(content).toString('base64')])
  return { files: Object.fromEntries(files) }
}
