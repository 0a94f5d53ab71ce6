import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isRecord, readJson } from '../check/files'
import { Refusal } from './refusal'

/** The account that uploads the mini-program. */
export interface Account {
  appId: string
  keyFile: string
}

const CONSOLE = 'https://mp.weixin.qq.com'
const WHERE_ID = `It is in the console (${CONSOLE}), Development › Development settings.`
const WHERE_KEY = `Download the upload key in the console (${CONSOLE}), Development › Development settings.`
/** DevTools' app id for people without an account. */
const VISITOR = 'touristappid'

/**
 * The app id from `WECHAT_APPID` or DevTools' `project.private.config.json`, the key from `WECHAT_KEY` or the console's file in the
 * project's folder. Throws a `Refusal` if one is missing or invalid.
 */
export function readAccount(environment: Readonly<Record<string, string | undefined>>, project: string): Account {
  const appId = environment['WECHAT_APPID'] || configuredId(project)
  if (!appId) {
    const how = 'Set WECHAT_APPID=wx…, or write {"appid": "wx…"} into project.private.config.json.'
    throw new Refusal(`No app id is set. ${how} ${WHERE_ID}`)
  }
  if (!/^wx[0-9a-f]{16}$/.test(appId)) {
    throw new Refusal(
      `${JSON.stringify(appId)} is not an app id: one is wx and 16 digits or letters a to f. ${WHERE_ID}`,
    )
  }
  const named = environment['WECHAT_KEY']
  const keyFile = named ? resolve(project, named) : join(project, `private.${appId}.key`)
  checkKey(keyFile, named ? '' : ' Put it there, or name it by WECHAT_KEY.')
  return { appId, keyFile }
}

function configuredId(project: string): string | undefined {
  for (const file of ['project.private.config.json', 'project.config.json']) {
    const { appid } = readConfig(project, file)
    if (typeof appid === 'string' && appid !== '' && appid !== VISITOR) return appid
  }
  return undefined
}

function readConfig(project: string, file: string): Record<string, unknown> {
  try {
    return readJson(join(project, file))
  } catch (error) {
    throw new Refusal(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function checkKey(file: string, orElse: string): void {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = isRecord(error) ? String(error['code']) : ''
    if (code === 'ENOENT') throw new Refusal(`There is no upload key at ${file}.${orElse} ${WHERE_KEY}`)
    throw new Refusal(`The upload key ${file} cannot be read (${code}): look at the permissions of the file.`)
  }
  try {
    if (createPrivateKey(text).asymmetricKeyType === 'rsa') return
  } catch {
    // The error's details would quote the key.
  }
  throw new Refusal(`${file} is not an upload key: it must hold an RSA private key in PEM. ${WHERE_KEY}`)
}
