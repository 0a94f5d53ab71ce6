import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account } from './account'
import { explain, type Failure } from './explain'
import type { Orders } from './orders'
import { Refusal } from './refusal'

/** What WeChat took. */
export interface Sent {
  /** Bytes of each package by its name: `__FULL__`, `__APP__` for the main package, the subpackages'. */
  sizes: ReadonlyArray<{ name: string; size: number }>
  /** The code of a preview for the terminal; empty where it could not be read. */
  qrCode: string
}
type Answer = ({ sent: true } & Sent) | ({ sent: false } & Failure)

/** miniprogram-ci waits for a silent server without end, ms. */
const PATIENCE = 5 * 60_000
const TOO_LATE = Symbol('too late')

/** Compiles the project and sends it to WeChat. Rejects with a `Refusal` when that fails, in one sentence. */
export async function send(orders: Orders, account: Account, project: string, patience = PATIENCE): Promise<Sent> {
  const folder = mkdtempSync(join(tmpdir(), 'wechat-'))
  const ordersFile = join(folder, 'orders.json')
  const answerFile = join(folder, 'answer.json')
  try {
    writeFileSync(ordersFile, JSON.stringify({ ...orders, ...account, project }))
    const ended = await run([join(process.cwd(), 'scripts/wechat/send.mjs'), ordersFile, answerFile], project, patience)
    if (ended === TOO_LATE) {
      throw new Refusal(
        `WeChat has not answered for ${patience / 60_000} minutes. Try again; behind a proxy set HTTPS_PROXY.`,
      )
    }
    const answer = readAnswer(answerFile)
    if (answer === null) throw new Error(`miniprogram-ci ended without an answer:\n${ended}`)
    if (!answer.sent) throw new Refusal(explain(answer, account.appId))
    return answer
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs a Node program to its end; gives what it printed. */
function run(args: string[], cwd: string, timeout: number): Promise<string | typeof TOO_LATE> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd, env: process.env, timeout, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        resolve(error?.killed === true ? TOO_LATE : `${stdout}${stderr}`)
      },
    )
  })
}

function readAnswer(file: string): Answer | null {
  try {
    const answer: Answer = JSON.parse(readFileSync(file, 'utf8'))
    return answer
  } catch {
    return null
  }
}
