import type { CallRow } from '../../../server/store/types'

/** An ended video call of alice, as in the database. */
export function endedCall(cid: number, recording: CallRow['recording']): CallRow {
  return {
    cid,
    scene: 0,
    type: 2,
    name: null,
    caller: 'alice',
    custom: '',
    createdAt: 1,
    answeredAt: 2,
    endedAt: 3,
    endReason: 'hangup',
    recording,
    notes: [],
    frames: [],
  }
}
