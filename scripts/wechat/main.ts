/** `npm run preview` and `npm run upload`: sends the mini-program to WeChat. Exit code 1 with a sentence if it fails. */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { isRecord, readJson } from '../check/files'
import { readAccount } from './account'
import { readOrders, type Command } from './orders'
import { Refusal } from './refusal'
import { send } from './send'
import { wordsOn } from './sent'

async function main(command: Command, args: readonly string[], project: string): Promise<void> {
  const orders = readOrders(command, args, readJson(join(project, 'package.json')))
  const account = readAccount(process.env, project)
  const qrFile = resolve(project, orders.qrFile)
  if (command === 'preview') prepareFolder(dirname(qrFile))
  say(`• Compiling, and sending to WeChat as ${account.appId} …`)
  const sent = await send({ ...orders, qrFile }, account, project)
  if (sent.qrCode !== '') process.stdout.write(`${sent.qrCode}\n`)
  for (const line of wordsOn(sent, { ...orders, qrFile: relative(project, qrFile) })) say(line)
}

/** The upload is slow: everything that could fail after it is tried before. */
function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch (error) {
    const reason = isRecord(error) ? String(error['code']) : String(error)
    throw new Refusal(`The QR code cannot be written into ${folder} (${reason}). Choose another file: --qr <file>`)
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

const [command, ...args] = process.argv.slice(2)
main(command === 'upload' ? 'upload' : 'preview', args, process.cwd()).catch((error: unknown) => {
  say(error instanceof Refusal ? `✗ ${error.message}` : error instanceof Error ? String(error.stack) : String(error))
  process.exitCode = 1
})
