/**
 * The service is killed and restarted on its data, as processes. `SEED` selects other moments and members, `KILLS` the number of calls and
 * further kills.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import type { MediaTag } from '../../../server/media/types'
import { describeWithFfmpeg } from '../../support/ffmpeg'
import { Chance, SEED } from '../../support/random'
import { ServiceProcess } from '../../support/service-process'
import { until } from '../../support/until'
import { APP, ScriptedReceiver, silence, well, type Got } from '../callback/scripted-receiver'
import { beaconTags, type Beacon } from '../recording/beacon'
import { REAL, FakeFfmpeg } from '../recording/fake-ffmpeg'
import { lostOf, startBeaconCall, type BeaconCall, type Member, type SentCall } from './beacon-call'

const KILLS = Number(process.env['KILLS'] ?? 1)
/** Kills at each moment of finishing a call. */
const AGAIN = Math.ceil(KILLS / 20)
/** Stored part of each stream before a kill, ms. */
const STORED = { least: 1_200, most: 2_500 }
const BEACONS = { alice: { colour: 'red', tone: 500 }, bob: { colour: 'green', tone: 900 } } as const
/** Five starts of the service, which are slow on a busy machine, and some for each further kill. */
jest.setTimeout(180_000 + KILLS * 20_000)

let chance: Chance
let dataDir: string
let ffmpegPath: string
let receiver: ScriptedReceiver
let running: ServiceProcess
const streams = new Map<Beacon, MediaTag[]>()

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'killed-'))
  // Scenes of a mix wait until the file `go` exists.
  const wait = `case "$*" in *libx264*) while [ -e "${dataDir}" ] && [ ! -e "${go()}" ]; do sleep 0.05; done;; esac`
  ffmpegPath = new FakeFfmpeg(dataDir, `${wait}\n${REAL}`).path
  receiver = await new ScriptedReceiver().up()
})
afterEach(async () => {
  await running.kill()
  await receiver.down()
  rmSync(dataDir, { recursive: true, force: true })
})

const go = (): string => join(dataDir, 'go')
const recordings = (): string => join(dataDir, 'recordings')
const folderOf = (cid: number): string => join(recordings(), String(cid))

function spawn(): ServiceProcess {
  running = ServiceProcess.spawn({
    FFMPEG_PATH: ffmpegPath,
    DATA_DIR: dataDir,
    CALLBACK_URL: receiver.url,
    APP_KEY: APP.appKey,
    APP_SECRET: APP.appSecret,
  })
  return running
}
const member = (account: 'alice' | 'bob', recordType: Member['recordType']): Member => ({
  account,
  beacon: BEACONS[account],
  recordType,
  protocol: account === 'alice' ? 'rtmp' : 'ws',
})
/** Kills the service some time after now. */
async function killSoon(most: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, chance.between(0, most)))
  await running.kill()
}

const callOf = (got: Got): number => Number(got.id.split('-')[0])
const typeOf = ({ body }: Got): string => String(JSON.parse(body).eventType)
/** The types of a call's events in order of arrival; immediate repetitions count once. */
function toldOf(cid: number): string[] {
  const events = receiver.got.filter((got) => callOf(got) === cid)
  return events.filter(({ id }, at) => id !== events[at - 1]?.id).map(typeOf)
}
const tells = (): number => receiver.got.filter((got) => typeOf(got) === '6').length

/** Paths in the call's folder, recursively. */
function namesIn(cid: number): string[] {
  return existsSync(folderOf(cid)) ? readdirSync(folderOf(cid), { recursive: true, encoding: 'utf8' }) : []
}
/** Whether a file with such a name was written since. */
function hasFresh(cid: number, like: RegExp, since: number): boolean {
  const names = namesIn(cid).filter((name) => like.test(name))
  return names.some((name) => (statSync(join(folderOf(cid), name), { throwIfNoEntry: false })?.mtimeMs ?? 0) > since)
}

async function recordOf(cid: number): Promise<ApiCall> {
  const headers = { authorization: `Bearer ${await running.token('alice')}` }
  return await (await fetch(`${running.url}/api/calls/${cid}`, { headers })).json()
}
/** Waits until nothing of a call is left to do. */
async function settled(cid: number): Promise<void> {
  const isSettled = async (): Promise<boolean> => {
    const { recording, callbacks } = await recordOf(cid)
    return recording.state === 'done' && callbacks.every(({ state }) => state === 'sent')
  }
  await until(isSettled, `the end of call ${cid}`)
  await until(() => !namesIn(cid).includes('spool'), 'the spool to go')
}

/** Everything about a call after the service has recovered it. */
async function expectNothingLost(call: SentCall): Promise<void> {
  const record = await recordOf(call.cid)
  expect({ lost: lostOf(call, record, folderOf(call.cid)), endReason: record.endReason }).toEqual({
    lost: [],
    endReason: 'service-stopped',
  })
  expect(record.endedAt).toBeGreaterThanOrEqual(record.answeredAt ?? Infinity)
  expect(toldOf(call.cid)).toEqual(['20', '5', '6'])
  expect(namesIn(call.cid).filter((name) => !record.files.some(({ filename }) => filename === name))).toEqual([])
}

describeWithFfmpeg.each([SEED])('a service that is killed (SEED=%i)', (seed) => {
  beforeAll(() => {
    for (const beacon of Object.values(BEACONS))
      streams.set(beacon, beaconTags(beacon, STORED.most / 1000 + 1, '160x120'))
  })

  test('during a call, the mix and callbacks: everything stored is made and reported in the end', async () => {
    chance = new Chance(seed)
    const kinds = ['0', '1', '2'] as const
    const calls: BeaconCall[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      await spawn().ready()
      // At least one requests a mix.
      const members = [member('alice', '0'), member('bob', kill === 0 ? '1' : chance.of(kinds))]
      const call = await startBeaconCall(running, members, ({ beacon }) => streams.get(beacon) ?? [])
      calls.push(call)
      await call.store(chance.between(STORED.least, STORED.most), recordings())
      call.goOn()
      await killSoon(300)
      call.stop()
    }
    const cid = calls[0]?.cid ?? 0
    receiver.answer = (request, response) => (tells() > 0 ? silence : well)(request, response)

    const moments = {
      'makes files': (since: number) => hasFresh(cid, /^0-/, since),
      mixes: (since: number) => hasFresh(cid, /^mixing.*\.mp4\.part$/, since),
    }
    for (const [moment, isThen] of Object.entries(moments)) {
      // A kill during the mix also finds files.
      for (let kill = KILLS > 1 || moment === 'mixes' ? 0 : AGAIN; kill < AGAIN; kill++) {
        const since = Date.now()
        spawn()
        await until(() => isThen(since), `the moment when the service ${moment}`)
        await killSoon(KILLS > 1 ? 800 : 50)
        expect(tells()).toBe(0)
      }
    }
    writeFileSync(go(), '')
    for (let kill = 0; kill < AGAIN; kill++) {
      const told = tells()
      spawn()
      await until(() => tells() > told, 'the callback')
      await killSoon(50)
    }
    // At any moment after its start: the next start continues.
    for (let kill = 1; kill < KILLS; kill++) {
      spawn()
      await killSoon(5_000)
    }
    receiver.answer = well
    await spawn().ready()
    for (const call of calls) await settled(call.cid)
    for (const call of calls) await expectNothingLost(call)
    expect(receiver.got.every(({ valid }) => valid)).toBe(true)
  })
})
