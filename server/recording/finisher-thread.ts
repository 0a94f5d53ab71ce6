/** The finisher's other half: makes participants' files in a thread of its own, one order after the other. */
import { parentPort } from 'node:worker_threads'
import { finishParticipant, type FinishedParticipant } from './finish-participant'
import { reasonOf } from './reason'

/** Folders as `finishParticipant` takes them. */
export interface FinishOrder {
  folder: string
  target: string
}
export type FinishAnswer = { finished: FinishedParticipant } | { problem: string }

async function answer({ folder, target }: FinishOrder): Promise<FinishAnswer> {
  try {
    return { finished: await finishParticipant(folder, target) }
  } catch (error) {
    return { problem: reasonOf(error) }
  }
}

const service = parentPort
service?.on('message', (order: FinishOrder) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  void answer(order).then((message) => service.postMessage(message))
})
