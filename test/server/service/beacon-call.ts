/** A recorded call of two members that a kill of the service may interrupt, and what must be left of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordType } from '../../../miniprogram/netcall/constants'
import type { ApiCall } from '../../../miniprogram/netcall/http-api'
import type { MediaTag } from '../../../server/media/types'
import { flvUrl, publishRtmp, publishWs } from '../../support/media-client'
import type { Reachable } from '../../support/service-process'
import { until } from '../../support/until'
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
  /** Timestamp of the last sent tag, ms. */
  sent: number
  /** Timestamp of the last tag seen in the spool, ms: no kill may lose it. */
  stored: number
  send(tag: MediaTag): void
}
export interface SentCall {
  cid: number
  senders: Sender[]
}
export interface BeaconCall extends SentCall {
  /** Sends everything before a time of the streams, and waits until it is in the spools below `recordings`. */
  store(before: number, recordings: string): Promise<void>
  /** Sends the rest, a little at a time, until stopped. */
  goOn(): void
  /** Stops sending, whatever the service does. */
  stop(): void
}

/** Tolerance of a file's length, and of a beep's or flash's position, ms. */
const TOLERANCE = 150
const WHOLE = { x: 0, y: 0, width: 1, height: 1 }

/** Rings, answers, and logs both members in; their streams begin with `store`. */
export async function startBeaconCall(
  running: Reachable,
  members: readonly Member[],
  tagsOf: (member: Member) => readonly MediaTag[],
): Promise<BeaconCall> {
  const call = await ring(running)
  await respond(call)
  const links: { cut(): void }[] = [call.alice, call.bob]
  const senders: Sender[] = []
  const publishers: { close(): void }[] = []
  for (const member of members) {
    const { account, recordType, protocol } = member
    const asked = { recordAudio: 1, recordVideo: 1, recordType } as const
    const { link, pushUrl, uid } = await session(call.ways, account, asked)
    links.push(link)
    const url = protocol === 'ws' ? flvUrl(pushUrl, 'ws', `127.0.0.1:${running.port}`) : pushUrl
    const publisher = await (protocol === 'ws' ? publishWs(url) : publishRtmp(url))
    publishers.push(publisher)
    senders.push({ member, uid, sent: 0, stored: 0, send: (tag) => publisher.sendTag(tag) })
  }
  /** Unsent tags of each sender. */
  const rest = new Map(senders.map((sender) => [sender, [...tagsOf(sender.member)]]))
  const send = (sender: Sender, isNext: (tag: MediaTag) => boolean): MediaTag | undefined => {
    const tags = rest.get(sender) ?? []
    let last: MediaTag | undefined
    while (tags[0] && isNext(tags[0])) {
      last = tags.shift()
      if (last) sender.send(last)
      sender.sent = last?.timestamp ?? 0
    }
    return last
  }
  let timer: NodeJS.Timeout | undefined
  return {
    cid: call.cid,
    senders,
    async store(before, recordings) {
      const last = senders.map((sender) => send(sender, ({ timestamp }) => timestamp < before))
      for (const [at, sender] of senders.entries()) {
        const spool = join(recordings, String(call.cid), 'spool', String(sender.uid))
        await until(() => holds(spool, last[at]), `the stream of ${sender.member.account} in the spool`)
        sender.stored = last[at]?.timestamp ?? 0
      }
    },
    goOn() {
      timer = setInterval(() => {
        for (const sender of senders) send(sender, ({ timestamp }) => timestamp < sender.sent + 30)
      }, 10)
    },
    stop() {
      clearInterval(timer)
      for (const publisher of publishers) publisher.close()
      for (const link of links) link.cut()
    },
  }
}

function holds(spool: string, tag: MediaTag | undefined): boolean {
  const names = existsSync(spool) ? readdirSync(spool).filter((name) => name.endsWith('.flv')) : []
  return tag?.type !== 18 && names.some((name) => readFileSync(join(spool, name)).includes(tag?.payload ?? ''))
}

/** Deviations of the call's recording, a sentence each; empty if all is there. */
export function lostOf({ senders }: SentCall, { files, recording }: ApiCall, folder: string): string[] {
  const problems: string[] = []
  if (recording.state !== 'done') problems.push(`the recording is ${recording.state}`)
  const check = (name: string, is: boolean): void => void (is || problems.push(name))
  for (const { member, uid, sent, stored } of senders) {
    const expected = member.recordType === '1' ? [] : ['aac', 'mp4']
    const own = files.filter((file) => file.uid === uid && !file.mix)
    check(
      `${member.account} has ${own.map(({ kind }) => kind).join()}`,
      own.map(({ kind }) => kind).join() === expected.join(),
    )
    for (const { filename, kind, duration } of own) {
      const path = join(folder, filename)
      const listen = new Listen(path)
      const beeps = listen.beeps(member.beacon.tone)
      // A file begins when its member began to publish; its first frame may come later.
      const [first = 0] = beeps
      check(`${filename}: beeps at ${beeps.join()}, stored ${stored} ms`, includesAll(beeps, first, stored))
      const length = duration - first * 1000
      check(`${filename}: ${length} ms, stored ${stored}`, length > stored - TOLERANCE && length < sent + TOLERANCE)
      for (const { member: other } of senders) {
        if (other !== member) check(`${filename}: hears ${other.account}`, listen.beeps(other.beacon.tone).length === 0)
      }
      if (kind !== 'mp4') continue
      const flashes = new Look(path).flashes(WHOLE)
      check(`${filename}: flashes at ${flashes.join()}, stored ${stored} ms`, includesAll(flashes, first, stored))
    }
  }
  const mix = files.find((file) => file.mix)
  const isWanted = senders.some(({ member }) => member.recordType !== '2')
  check(`there is ${mix ? 'a' : 'no'} mix`, (mix !== undefined) === isWanted)
  if (mix) problems.push(...lostOfMix(senders, join(folder, mix.filename), mix.duration))
  for (const { filename } of files) check(`${filename} is not there`, existsSync(join(folder, filename)))
  return problems
}

function lostOfMix(senders: readonly Sender[], path: string, duration: number): string[] {
  const longest = Math.max(...senders.map(({ stored }) => stored))
  const problems = duration < longest - TOLERANCE ? [`the mix has ${duration} of ${longest} ms`] : []
  const listen = new Listen(path)
  for (const { member, stored } of senders) {
    const beeps = listen.beeps(member.beacon.tone)
    const isWhole = includesAll(beeps, beeps[0] ?? 0, stored)
    if (!isWhole) problems.push(`the mix has ${member.account} at ${beeps.join()}, stored ${stored} ms`)
  }
  if (new Look(path).seconds * 1000 < longest - TOLERANCE) problems.push('the mix has no picture at its end')
  return problems
}

/** Whether the flash, or beep, of each second is there, up to the last one that was stored completely. */
function includesAll(times: readonly number[], first: number, stored: number): boolean {
  for (let second = 0; (second + FLASH) * 1000 < stored; second++) {
    const offs = times.map((time) => (time - first - second) * 1000)
    // A file's first picture is shown from its beginning.
    if (!offs.some((off) => (second === 0 || off > -TOLERANCE) && off < TOLERANCE)) return false
  }
  return true
}
