/** A recorded call of two whose streams come as from phones, as fast as time goes; and what must be left of it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordType } from '../../../miniprogram/netcall/constants'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import type { MediaTag } from '../../../server/media/types'
import { flvUrl, publishRtmp, publishWs } from '../../support/media-client'
import type { Reachable } from '../../support/service-process'
import { FLASH, Listen, Look, type Beacon } from '../recording/beacon'
import { respond, ring, session } from './call'

export interface Member {
  account: 'alice' | 'bob'
  beacon: Beacon
  recordType: RecordType
  protocol: 'rtmp' | 'ws'
}
interface Sender {
  member: Member
  uid: number
  /** Time stamp of the last tag that went out, ms. */
  sent: number
}
/** What one call sent, and of which kind it was. */
export interface SentCall {
  cid: number
  senders: Sender[]
}
export interface BeaconCall extends SentCall {
  hangUp(): Promise<void>
  /** Ends sending, however the service fares. */
  stop(): void
}

/** What a kill may cost, ms. */
const LOSS = 1_000
const PACE = 10
/** A longer step is the machine's, ms. */
const STILL = 100
/** A file begins when its member began to publish; its first frame comes as soon as the machine lets it, seconds. */
const [EARLY, LATE] = [0.1, 0.7]
const WHOLE = { x: 0, y: 0, width: 1, height: 1 }

/** Rings, answers, logs both in and has both send `tags`, from the beginning, until they end or are stopped. */
export async function startBeaconCall(
  running: Reachable,
  members: readonly Member[],
  tagsOf: (member: Member) => readonly MediaTag[],
): Promise<BeaconCall> {
  const call = await ring(running)
  await respond(call)
  const links: { cut(): void }[] = [call.alice, call.bob]
  const senders: Sender[] = []
  const stops: (() => void)[] = []
  for (const member of members) {
    const { account, recordType, protocol } = member
    const { link, pushUrl, uid } = await session(running, call.cid, account, {
      recordAudio: 1,
      recordVideo: 1,
      recordType,
    })
    links.push(link)
    const url = protocol === 'ws' ? flvUrl(pushUrl, 'ws', `127.0.0.1:${running.port}`) : pushUrl
    const publisher = await (protocol === 'ws' ? publishWs(url) : publishRtmp(url))
    const sender: Sender = { member, uid, sent: 0 }
    senders.push(sender)
    stops.push(
      pace(tagsOf(member), (tag) => {
        publisher.sendTag(tag)
        sender.sent = tag.timestamp
      }),
      () => publisher.close(),
    )
  }
  return {
    cid: call.cid,
    senders,
    hangUp: async () => void (await call.alice.request('hangup', { channelId: call.cid })),
    stop: () => {
      for (const stop of stops) stop()
      for (const link of links) link.cut()
    },
  }
}

/**
 * Sends each tag when its time has come; gives what ends that. Where the machine stood still the stream did, too: what is
 * sent in one go a moment before a kill was not there for the service to lose.
 */
function pace(tags: readonly MediaTag[], send: (tag: MediaTag) => void): () => void {
  let startedAt = performance.now()
  let last = startedAt
  let next = 0
  const timer = setInterval(() => {
    const now = performance.now()
    startedAt += Math.max(0, now - last - STILL)
    last = now
    for (let tag = tags[next]; tag && tag.timestamp <= now - startedAt; tag = tags[++next]) send(tag)
  }, PACE)
  return () => clearInterval(timer)
}

/** Says what of the call's recording is not as it must be, each in a sentence: nothing where all is there. */
export function lostOf({ senders }: SentCall, { files, recording }: ApiCall, folder: string): string[] {
  const problems: string[] = []
  if (recording.state !== 'done') problems.push(`the recording is ${recording.state}`)
  const check = (name: string, is: boolean): void => void (is || problems.push(name))
  for (const { member, uid, sent } of senders) {
    const expected = member.recordType === '1' || sent <= LOSS ? [] : ['aac', 'mp4']
    const own = files.filter((file) => file.uid === uid && !file.mix)
    for (const kind of expected)
      check(
        `${member.account} has no ${kind}`,
        own.some((file) => file.kind === kind),
      )
    for (const { filename, kind, duration } of own) {
      const path = join(folder, filename)
      check(`${filename}: ${duration} of ${sent} ms`, duration >= sent - LOSS && duration <= sent + LOSS)
      const listen = new Listen(path)
      const beeps = listen.beeps(member.beacon.tone)
      check(`${filename}: beeps at ${beeps.join()} of ${sent} ms`, includesAll(beeps, sent))
      for (const { member: other } of senders) {
        if (other !== member) check(`${filename}: hears ${other.account}`, listen.beeps(other.beacon.tone).length === 0)
      }
      if (kind !== 'mp4') continue
      const flashes = new Look(path).flashes(WHOLE)
      check(`${filename}: flashes at ${flashes.join()} of ${sent} ms`, includesAll(flashes, sent))
    }
  }
  const mix = files.find((file) => file.mix)
  const wanted = senders.some(({ member, sent }) => member.recordType !== '2' && sent > LOSS)
  check('there is no mix', mix !== undefined || !wanted)
  if (mix) problems.push(...lostOfMix(senders, join(folder, mix.filename), mix.duration))
  for (const { filename } of files) check(`${filename} is not there`, existsSync(join(folder, filename)))
  return problems
}

function lostOfMix(senders: readonly Sender[], path: string, duration: number): string[] {
  const longest = Math.max(...senders.map(({ sent }) => sent))
  const problems = duration < longest - LOSS ? [`the mix has ${duration} of ${longest} ms`] : []
  const listen = new Listen(path)
  for (const { member, sent } of senders) {
    const beeps = listen.beeps(member.beacon.tone)
    // The first one heard tells when the member began.
    const own = beeps.map((time) => time - (beeps[0] ?? 0))
    if (!includesAll(own, sent)) problems.push(`the mix has ${member.account} at ${beeps.join()} of ${sent} ms`)
  }
  if (new Look(path).seconds * 1000 < longest - LOSS) problems.push('the mix has no picture at its end')
  return problems
}

/** Whether the flash, or beep, of each second is there, up to the last second that was sent. */
function includesAll(times: readonly number[], sent: number): boolean {
  for (let second = 0; (second + FLASH) * 1000 < sent - LOSS; second++) {
    if (!times.some((time) => time > second - EARLY && time < second + LATE)) return false
  }
  return true
}
