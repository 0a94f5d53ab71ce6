/** The finisher's other half: makes files in a thread of its own, one order after the other. */
import { parentPort } from 'node:worker_threads'
import { finishParticipant, type FinishedParticipant, type FinishOrder } from './finish-participant'
import type { FileFacts } from './finished-file'
import { joinMix, type JoinOrder } from './mix/join'
import { reasonOf } from './reason'

export type Order = FinishOrder | JoinOrder
export type Answer<Result> = { done: Result } | { problem: string }

async function answer(order: Order): Promise<Answer<FinishedParticipant | FileFacts>> {
  try {
    return { done: 'chunks' in order ? await joinMix(order) : await finishParticipant(order) }
  } catch (error) {
    return { problem: reasonOf(error) }
  }
}

const service = parentPort
service?.on('message', (order: Order) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  void answer(order).then((message) => service.postMessage(message))
})
