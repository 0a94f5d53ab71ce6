import { runCi, TooLate } from '../miniprogram-ci/run'
import type { Account } from './account'
import { explain, type Failure } from './explain'
import type { Orders } from './orders'
import { Refusal } from './refusal'

/** WeChat's result. */
export interface Sent {
  /** Bytes by package name: `__FULL__`, `__APP__` for the main package, the subpackages'. */
  sizes: ReadonlyArray<{ name: string; size: number }>
  /** A preview's QR code for the terminal; empty if it could not be read. */
  qrCode: string
}
type Answer = (Sent & { failure?: never }) | { failure: Failure }

const SCRIPT = 'scripts/wechat/send.mjs'
/** miniprogram-ci has no timeout for a silent server, ms. */
const PATIENCE = 5 * 60_000

/** Compiles the project and sends it to WeChat. Rejects with a `Refusal`. */
export async function send(orders: Orders, account: Account, project: string, patience = PATIENCE): Promise<Sent> {
  const answer = await runCi<Answer>(SCRIPT, { ...orders, ...account, project }, patience).catch((error: unknown) => {
    if (!(error instanceof TooLate)) throw error
    const minutes = patience / 60_000
    throw new Refusal(`WeChat has not answered for ${minutes} minutes. Try again; behind a proxy set HTTPS_PROXY.`)
  })
  if (answer.failure) throw new Refusal(explain(answer.failure, account.appId))
  return answer
}
