/** The thread of `RemuxWorker`: makes files, one order at a time. */
import { parentPort } from 'node:worker_threads'
import { remuxParticipant, type RemuxedParticipant, type RemuxOrder } from './remux-participant'
import type { FileFacts } from './whole-file'
import { joinMix, type JoinOrder } from '../compose/join'
import { codeOf, messageOf } from '../reason'

export type Order = RemuxOrder | JoinOrder
/** Errors keep their code, which decides what happens to the spool. */
export type Answer<Result> = { done: Result } | { problem: string; code: string }

async function answer(order: Order): Promise<Answer<RemuxedParticipant | FileFacts>> {
  try {
    return { done: 'chunks' in order ? await joinMix(order) : await remuxParticipant(order) }
  } catch (error) {
    return { problem: messageOf(error), code: codeOf(error) }
  }
}

const service = parentPort
service?.on('message', (order: Order) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  void answer(order).then((message) => service.postMessage(message))
})
