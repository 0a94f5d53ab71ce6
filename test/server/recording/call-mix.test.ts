/** The meaning of a mix's failures: which are retried, how often, and the notes. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { CallMixes } from '../../../server/recording/compose/call-mix'
import { MixEnded, type MixOrder } from '../../../server/recording/compose/composer'
import type { MixSource } from '../../../server/recording/compose/source'

const SOURCE: MixSource = {
  uid: 1,
  account: 'alice',
  caller: true,
  asked: true,
  mixOnly: true,
  hostSpeaker: false,
  present: [{ from: 1000, to: 6000 }],
  shown: [],
  sound: [{ path: 'alice.aac', from: 1000, to: 6000, length: 5000 }],
  picture: [],
}
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'call-mix-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function mixesThat(mix: (order: MixOrder) => Promise<never>): CallMixes {
  return new CallMixes(async () => 'ffmpeg', { mix }, pino({ level: 'silent' }))
}
const call = (change: { sources?: MixSource[]; incomplete?: boolean } = {}) => ({
  cid: 7,
  folder,
  sources: [SOURCE],
  incomplete: false,
  ...change,
})

test('a full disk is tried again at every start, because it says nothing about the mix', async () => {
  const mixes = mixesThat(() => Promise.reject(Object.assign(new Error('write failed'), { code: 'ENOSPC' })))
  for (let start = 1; start <= 5; start++) {
    const { state, notes } = await mixes.make(call())
    expect(state).toBe('wait')
    expect(notes).toEqual([{ code: 'mix-failed', message: expect.stringContaining('the disk is full') }])
    expect(notes[0]?.message).toContain('tried again when the service starts')
  }
})

test('a mix waits until all its sources are there', async () => {
  const mix = jest.fn(() => Promise.reject(new Error('not to be called')))
  const { state, notes } = await mixesThat(mix).make(call({ incomplete: true }))
  expect([state, notes[0]?.code, mix.mock.calls.length]).toEqual(['wait', 'mix-failed', 0])
})

test('any other failure is tried at three starts only', async () => {
  const states = []
  for (let start = 1; start <= 3; start++) {
    const { state } = await mixesThat(() => Promise.reject(new Error('a bug'))).make(call())
    states.push(state)
  }
  expect(states).toEqual(['wait', 'wait', 'given-up'])
  expect(readdirSync(folder)).toEqual([])
})

test('no request, or no media: no mix and no note', async () => {
  const mix = jest.fn(() => Promise.reject(new Error('not to be called')))
  const none = { files: [], notes: [], state: 'done' }
  expect(await mixesThat(mix).make(call({ sources: [{ ...SOURCE, asked: false }] }))).toEqual(none)
  expect(await mixesThat(mix).make(call({ sources: [{ ...SOURCE, sound: [] }] }))).toEqual(none)
  expect(mix).not.toHaveBeenCalled()
})

test('its progress is available while it is made, and a stop is passed on', async () => {
  const seen: (number | null)[] = []
  const mixes: CallMixes = mixesThat(async ({ onProgress }) => {
    seen.push(mixes.progress(7))
    onProgress(0.5)
    seen.push(mixes.progress(7))
    throw new MixEnded('the service stops')
  })
  await expect(mixes.make(call())).rejects.toThrow(MixEnded)
  expect([...seen, mixes.progress(7)]).toEqual([0, 0.5, null])
  expect(readdirSync(folder)).toEqual([])
})

test('a mix that was made before a restart keeps its note about what could not be decoded', async () => {
  const work = join(folder, 'mixing')
  mkdirSync(work)
  writeFileSync(join(work, 'spoiled'), 'alice.aac')
  writeFileSync(join(folder, '0-7-1000-0-mix.aac'), Buffer.from('fff15080021ffc000000000000000000'.repeat(50), 'hex'))
  const mix = jest.fn(() => Promise.reject(new Error('not to be called')))
  const { notes } = await mixesThat(mix).make(call())
  expect(notes).toEqual([
    {
      code: 'unfinished',
      uid: 1,
      message: 'The mixed file lacks some or all sound of alice, which cannot be decoded.',
    },
  ])
})
