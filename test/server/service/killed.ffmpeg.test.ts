/**
 * The service is killed, at moments that chance chooses, and started again on what it left. `SEED` chooses others,
 * `KILLS` makes it longer.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import type { MediaTag } from '../../../server/media/types'
import { describeWithFfmpeg } from '../../support/ffmpeg'
import { Chance, SEED } from '../../support/random'
import { ServiceProcess } from '../../support/service-process'
import { until } from '../../support/until'
import { APP, ScriptedReceiver, silence, well, type Got } from '../callback/scripted-receiver'
import { beaconTags, type Beacon } from '../recording/beacon'
import { REAL, StandIn } from '../recording/stand-in'
import { lostOf, startBeaconCall, type BeaconCall, type Member, type SentCall } from './beacon-call'

const KILLS = Number(process.env['KILLS'] ?? 4)
/** Kills while one call is finished. */
const AGAIN = Math.ceil(KILLS / 20)
/** Of a call before the kill, ms. */
const LONGEST = 3_000
const BEACONS = { alice: { colour: 'red', tone: 500 }, bob: { colour: 'green', tone: 900 } } as const
jest.setTimeout(60_000 + KILLS * 15_000)

let chance: Chance
let dataDir: string
let receiver: ScriptedReceiver
let running: ServiceProcess
const streams = new Map<Beacon, MediaTag[]>()

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'killed-'))
  ffmpegPath = ''
  receiver = await new ScriptedReceiver().up()
})
afterEach(async () => {
  await running.kill()
  await receiver.down()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Where the service finds its ffmpeg; empty: its own choice. */
let ffmpegPath: string

function spawn(): ServiceProcess {
  running = ServiceProcess.spawn({
    ...(ffmpegPath !== '' && { FFMPEG_PATH: ffmpegPath }),
    DATA_DIR: dataDir,
    CALLBACK_URL: receiver.url,
    APP_KEY: APP.appKey,
    APP_SECRET: APP.appSecret,
  })
  return running
}
const start = async (): Promise<ServiceProcess> => await spawn().ready()
const folderOf = (cid: number): string => join(dataDir, 'recordings', String(cid))
const member = (account: 'alice' | 'bob', recordType: Member['recordType']): Member => ({
  account,
  beacon: BEACONS[account],
  recordType,
  protocol: chance.of(['rtmp', 'ws']),
})
async function talk(...members: Member[]): Promise<BeaconCall> {
  return await startBeaconCall(running, members, ({ beacon }) => streams.get(beacon) ?? [])
}

const callOf = (got: Got): number => Number(got.id.split('-')[0])
const typeOf = ({ body }: Got): string => String(JSON.parse(body).eventType)
/** The types of a call's events in the order they came; one that came again at once counts once. */
function toldOf(cid: number): string[] {
  const events = receiver.got.filter((got) => callOf(got) === cid)
  return events.filter(({ id }, at) => id !== events[at - 1]?.id).map(typeOf)
}
const toldAll = ({ cid }: SentCall): boolean => toldOf(cid).includes('6')
const sentEnough = ({ senders }: SentCall): boolean => senders.some(({ sent }) => sent > 1_000)

/** Names in the call's folder, deep. */
function namesIn(cid: number): string[] {
  try {
    return readdirSync(folderOf(cid), { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}
/** As `until`, without a pause in which the moment could pass. */
async function soon(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`the moment did not come: ${condition.toString()}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
/** Whether something of a name that begins so was written since. */
function hasFresh(cid: number, begin: string, since: number): boolean {
  const names = namesIn(cid).filter((name) => name.startsWith(begin))
  return names.some((name) => (statSync(join(folderOf(cid), name), { throwIfNoEntry: false })?.mtimeMs ?? 0) > since)
}

async function recordOf(cid: number): Promise<ApiCall> {
  const headers = { authorization: `Bearer ${await running.token('alice')}` }
  return await (await fetch(`${running.url}/api/calls/${cid}`, { headers })).json()
}
const never = (): boolean => false
/** Waits until nothing is left to be done about a call. */
async function settled(cid: number): Promise<void> {
  const isOver = async (): Promise<boolean> => {
    const { recording, callbacks } = await recordOf(cid)
    return recording.state === 'done' && callbacks.every(({ state }) => state === 'sent')
  }
  await until(isOver, `the end of call ${cid}`, 60_000)
  await until(() => !namesIn(cid).includes('spool'), 'the spool to go')
}

/** Everything about a call after the service has taken up what was left. */
async function expectNothingLost(call: SentCall, endReason: string): Promise<void> {
  const record = await recordOf(call.cid)
  expect({ lost: lostOf(call, record, folderOf(call.cid)), endReason: record.endReason }).toEqual({
    lost: [],
    endReason,
  })
  expect(record.endedAt).toBeGreaterThan(record.answeredAt ?? Infinity)
  const told = toldOf(call.cid)
  // Killed in its first second it may have left no file.
  expect(told.length === 2 && !sentEnough(call) ? [...told, '6'] : told).toEqual(['20', '5', '6'])
  expect(namesIn(call.cid).filter((name) => !record.files.some(({ filename }) => filename === name))).toEqual([])
}

describeWithFfmpeg.each([SEED])('a service that is killed (SEED=%i)', (seed) => {
  beforeAll(() => {
    for (const beacon of Object.values(BEACONS)) streams.set(beacon, beaconTags(beacon, LONGEST / 1000 + 2))
  })
  beforeEach(() => (chance = new Chance(seed)))

  test('mid-call, many times: each call is finished up to the last second, closed and told of', async () => {
    const calls: SentCall[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      await start()
      const kinds = ['0', '1', '2'] as const
      const call = await talk(member('alice', chance.of(kinds)), member('bob', chance.of(kinds)))
      await pause(chance.between(200, LONGEST))
      await running.kill()
      call.stop()
      calls.push(call)
    }
    await start()
    for (const { cid } of calls) await settled(cid)
    for (const call of calls) await expectNothingLost(call, 'service-stopped')
    expect(receiver.got.every(({ valid }) => valid)).toBe(true)
  })

  test.each<[string, (cid: number, since: number) => boolean, number]>([
    ['it makes the files', (cid, since) => hasFresh(cid, '0-', since), 50],
    ['it mixes', (cid, since) => hasFresh(cid, 'mixing/', since), 800],
    ['it calls back', never, 50],
  ])('while %s, again and again: all is made and told in the end', async (_, isThen, latest) => {
    // Long enough to be hit.
    ffmpegPath = new StandIn(dataDir, `sleep 0.4\n${REAL}`).path
    await start()
    const call = await talk(member('alice', '0'), member('bob', '0'))
    await pause(chance.between(LONGEST - 500, LONGEST))
    receiver.answer = (request, response) => (toldAll(call) ? silence : well)(request, response)
    const tells = (): number => receiver.got.filter((got) => callOf(got) === call.cid && typeOf(got) === '6').length
    await call.hangUp()
    call.stop()
    for (let kill = 0, since = 0; kill < AGAIN; kill++) {
      // What had nothing left to do at that kill is killed while it calls back.
      const told = tells()
      await soon(() => isThen(call.cid, since) || tells() > told)
      await pause(chance.between(0, latest))
      await running.kill()
      if (kill === 0 && isThen !== never) expect(tells()).toBe(0)
      since = Date.now()
      spawn()
    }
    receiver.answer = well
    await running.ready()
    await settled(call.cid)
    await expectNothingLost(call, 'hangup')
  })

  test('at any moment after its start, again and again: what it takes up is taken up the next time', async () => {
    await start()
    const call = await talk(member('alice', '0'), member('bob', '1'))
    await pause(chance.between(LONGEST - 500, LONGEST))
    await running.kill()
    call.stop()
    for (let kill = 0; kill < AGAIN + 1; kill++) {
      const died = spawn()
      await Promise.race([died.ready().catch(() => undefined), pause(chance.between(500, 4_000))])
      await pause(chance.between(0, 1_500))
      await died.kill()
    }
    await start()
    await settled(call.cid)
    await expectNothingLost(call, 'service-stopped')
  })
})
