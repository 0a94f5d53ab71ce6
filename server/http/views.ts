/** Calls and files as the API shows them to a member. */
import type { ApiCall, ApiCallback, ApiFile } from '../../miniprogram/netcall/http-api'
import type { RecordingFile } from '../recording/types'
import type { CallMemberRow, CallRow, OutboxRow, Store } from '../store/types'
import type { FileUrls } from './file-urls'

/** Far above the few files per member of a usual call. */
const FILES_SHOWN = 200

export class Views {
  constructor(
    private readonly store: Store,
    private readonly fileUrls: FileUrls,
    private readonly mixProgress: (cid: number) => number | null,
  ) {}

  call(call: CallRow, viewer: string): ApiCall {
    const { cid, scene, type, name, caller, createdAt, answeredAt, endedAt, endReason } = call
    const members = this.store.members(cid)
    const files = wasIn(members, viewer) ? this.store.files({ cid, limit: FILES_SHOWN }) : []
    return {
      cid,
      scene,
      type,
      name,
      caller,
      createdAt,
      answeredAt,
      endedAt,
      endReason,
      duration: answeredAt === null ? 0 : (endedAt ?? Date.now()) - answeredAt,
      members: members.map(({ account, uid, joinedAt, leftAt }) => ({ account, uid, joinedAt, leftAt })),
      recording: {
        state: call.recording,
        notes: call.notes,
        progress: this.mixProgress(cid),
        frames: wasIn(members, viewer) ? call.frames : [],
      },
      files: files.map((file) => this.file(file, viewer)),
      callbacks: this.store.outbox(cid).map(callbackOf),
    }
  }

  file(file: RecordingFile, viewer: string): ApiFile {
    const { cid, uid, account, kind, filename, size, duration, md5, mix } = file
    return { cid, uid, account, kind, filename, size, duration, md5, mix, url: this.fileUrls.make(file, viewer) }
  }
}

function callbackOf({
  callbackId,
  eventType,
  state,
  attempts,
  lastError,
  nextAttemptAt,
  sentAt,
}: OutboxRow): ApiCallback {
  const next = state === 'waiting' ? nextAttemptAt : null
  return { id: callbackId, eventType, state, attempts, lastError, nextAttemptAt: next, sentAt }
}

/** Whether the account had media in the call: invited accounts that never joined get no files. */
export function wasIn(members: readonly CallMemberRow[], account: string): boolean {
  return members.some((member) => member.account === account && member.joinedAt !== null)
}
