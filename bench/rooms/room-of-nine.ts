import { readClip, rateOf, type Clip } from '../relay/clip'
import { measureLoad, startGenerator } from '../relay/generator'
import type { Relayed } from '../relay/load-orders'
import { Room } from '../relay/room'
import { useOf, type Used } from '../relay/usage'
import type { Watched } from '../page/players'
import type { Phones, ProbedPhone } from '../phones'
import { median, percentile } from '../statistics'
import { fineMs, table, wholeMs } from '../table'

const ROOM = 'nine'
const MEMBERS = 9
/** Number of other streams that Android phones can play besides publishing. */
const PLAYERS = 5
const SIZE = { width: 144, height: 256, fps: 15, bitrate: 120_000, duration: 5_000 }
const IDLE = 5_000
const TIMES = { warmUp: 10_000, duration: 30_000 }
const FPS = SIZE.fps
/** Three missed frames. */
const FREEZE = 250

/** Two phones and seven protocol clients, all with real media. Returns the clip of the latter, too. */
export async function roomOfNine(phones: Phones, say: (text: string) => void): Promise<{ text: string; clip: Clip }> {
  const { alice, bob, preview } = phones
  const both = [alice, bob]
  say('rooms: a clip for those who have no camera')
  const clip = readClip(Buffer.from(await alice.ask('recordClip', SIZE)))
  const generator = startGenerator()
  try {
    const before = await useOf(preview.pid, generator.pid, IDLE)
    say(`rooms: nine members, ${TIMES.duration / 1000} s`)
    for (const phone of both) await setQuality(phone, 'smooth')
    const accounts = Array.from({ length: MEMBERS - both.length }, (_, index) => `client-${index + 1}`)
    const room = await Room.open(preview.url, ROOM, accounts)
    for (const phone of both) await join(phone)
    await room.meet(MEMBERS - 1)
    let watched: Promise<Watched[][]> | undefined
    const order = { streams: room.streams, media: { kind: 'clip', clip } as const, ...TIMES }
    const measured = await measureLoad(preview.pid, generator, order, () => {
      watched = Promise.all(both.map((phone) => phone.ask('watchPlayers', TIMES.duration)))
    })
    const seen = (await watched) ?? []
    for (const phone of both) await leave(phone)
    await room.leave()
    return { text: report(clip, before, measured, seen), clip }
  } finally {
    await generator.close()
  }
}

function report(
  clip: Clip,
  before: Used,
  { used, relayed }: { used: Used; relayed: Relayed },
  seen: Watched[][],
): string {
  const { own, others, delays, late } = relayed
  const each = ((used.cpu - before.cpu) / MEMBERS).toFixed(2)
  const players = seen.flatMap((phone, index) =>
    phone.map((player, place) => playerRow(`${index === 0 ? 'alice' : 'bob'}, player ${place + 1}`, player)),
  )
  return [
    `A room of nine: 2 phones in the browser, 7 plain clients, ${TIMES.duration / 1000} s; clients send ${SIZE.width} × ${SIZE.height}, ` +
      `${rateOf(clip.picture).toFixed(0)} kbit/s of H.264 and ${rateOf(clip.sound).toFixed(0)} of AAC, and play all eight others; each phone ${PLAYERS}`,
    '',
    table(
      ['service and page', 'CPU %', 'memory MB', 'clients CPU %', 'machine CPU %'],
      [usageRow('before the room', before), usageRow('with it', used), ['each stream adds', each]],
    ),
    '',
    table(
      ['at the clients', 'tags published', 'relayed', 'missing', 'delay p50', 'delay p99', 'sent late, p99'],
      [
        [
          'streams of clients',
          own.published,
          own.relayed,
          own.missing,
          fineMs(median(delays)),
          fineMs(percentile(delays, 99)),
          fineMs(late),
        ],
        ['streams of phones', others.published, others.relayed, others.missing],
      ].map((row) => row.map(String)),
    ),
    '',
    table(['at the phones', 'size', 'due', 'decoded', 'shown', 'freezes', 'longest still', 'waits'], players),
  ].join('\n')
}

function usageRow(name: string, { cpu, memory, generator, machine }: Used): string[] {
  return [name, cpu.toFixed(1), ...[memory, generator, machine].map((value) => value.toFixed(0))]
}

function playerRow(name: string, { width, height, decoded, shown, gaps, waits }: Watched): string[] {
  const freezes = gaps.filter((gap) => gap > FREEZE).length
  const due = (FPS * TIMES.duration) / 1000
  const counts = [due, decoded, shown, freezes].map(String)
  return [name, `${width} × ${height}`, ...counts, wholeMs(percentile(gaps, 100)), `${waits}`]
}

async function join(phone: ProbedPhone): Promise<void> {
  await phone.tap('#join')
  await phone.shown('#room-name input').fill(ROOM)
  await phone.tap('#join-video')
  await phone.isOn('pages/room/room')
}

async function leave(phone: ProbedPhone): Promise<void> {
  await phone.tap('#hangup')
  await phone.isOn('pages/contacts/contacts')
  await setQuality(phone, 'standard')
}

function setQuality(phone: ProbedPhone, quality: 'smooth' | 'standard'): Promise<void> {
  return phone.frame.evaluate((quality) => window.__phone.app.settings.change({ quality }), quality)
}
