import type { CallRow } from '../../../server/store/types'

/** A video call of alice's that is over, as the database keeps it. */
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
