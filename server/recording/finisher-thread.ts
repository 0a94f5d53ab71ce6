/** The finisher's other half: makes files in a thread of its own, one order after the other. */
import { parentPort } from 'node:worker_threads'
import { finishParticipant, type FinishedParticipant, type FinishOrder } from './finish-participant'
import type { FileFacts } from './finished-file'
import { joinMix, type JoinOrder } from './mix/join'
import { codeOf, messageOf } from './reason'

export type Order = FinishOrder | JoinOrder
/** A problem keeps its code, by which the service knows what to do about it. */
export type Answer<Result> = { done: Result } | { problem: string; code: string }

async function answer(order: Order): Promise<Answer<FinishedParticipant | FileFacts>> {
  try {
    return { done: 'chunks' in order ? await joinMix(order) : await finishParticipant(order) }
  } catch (error) {
    return { problem: messageOf(error), code: codeOf(error) }
  }
}

const service = parentPort
service?.on('message', (order: Order) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  void answer(order).then((message) => service.postMessage(message))
})
