/** A long call is reported to the app repeatedly. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Channels } from '../../../server/channels/channels'
import { CallLifecycle } from '../../../server/call-lifecycle'
import { createLog } from '../../../server/log'
import { openStore } from '../../../server/store/store'
import type { Store } from '../../../server/store/types'
import { advance, controlClock } from '../../support/clock'
import { readStrictly } from './strict-reader'

// Runs the timers of several days, which takes 8 s on a busy machine.
jest.setTimeout(60_000)

const HOUR = 3_600_000
const recording = { audio: false, video: false, live: false, type: '2', hostSpeaker: false } as const

let folder: string
let store: Store
let channels: Channels
let lifecycle: CallLifecycle
beforeEach(() => {
  controlClock()
  folder = mkdtempSync(join(tmpdir(), 'running-'))
  store = openStore(join(folder, 'calls.db'))
  channels = new Channels({ uidOf: (account) => account.charCodeAt(0), timing: { repetition: 100 * HOUR } })
  lifecycle = new CallLifecycle({
    store,
    media: { dropCall: () => undefined, dropStream: () => undefined, dropSubject: () => undefined },
    recording: {
      finish: async () => ({ files: [], notes: [], frames: [] }),
      mix: async () => ({ files: [], notes: [], frames: [] }),
      release: async () => undefined,
      leftovers: async () => [],
      noticed: () => undefined,
    },
    outbox: { enqueue: (cid, eventType, body) => void store.enqueue({ cid, eventType, body, now: Date.now() }) },
    log: createLog('silent'),
    urlOf: () => '',
  })
  lifecycle.follow(channels)
})
afterEach(() => {
  lifecycle.close()
  channels.close()
  store.close()
  rmSync(folder, { recursive: true })
})

function connectedCall(): number {
  const call = { device: 'phone', type: 2, custom: '', forced: false, offline: [] } as const
  const { cid } = channels.createCall({ caller: 'alice', callees: ['bob'], ...call })
  channels.answer(cid, 'bob', true)
  for (const { uid } of channels.get(cid)?.members.values() ?? [])
    channels.enterSession(cid, uid, { mode: 0, role: 0, recording })
  return cid
}
const reports = (cid: number) =>
  store
    .outbox(cid)
    .filter(({ eventType }) => eventType === '5')
    .map(({ body }) => readStrictly(body))

test('are sent every 12 hours with `running`, and without it at the end', async () => {
  const cid = connectedCall()
  await advance(12 * HOUR - 10_000)
  expect(reports(cid)).toEqual([])
  await advance(20_000)
  expect(reports(cid)).toMatchObject([{ running: true, status: 'SUCCESS' }])
  await advance(11 * HOUR)
  expect(reports(cid)).toHaveLength(1)
  await advance(HOUR)
  channels.hangUp(cid, 'alice')
  const all = reports(cid)
  expect(all).toHaveLength(3)
  expect(all[2]).not.toHaveProperty('running')
  expect(all[2]).toMatchObject({ duration: String(2 * 24 * 3600 + 20) })
})
