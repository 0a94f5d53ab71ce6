/** `npm run bench`: the named parts, or all. */
import { callSetUp } from './call-setup'
import { dataRate } from './data-rate'
import { glassToGlass } from './glass-to-glass'
import { loadLine, machineLine } from './machine'
import { openPhones, type Phones } from './phones'
import { recovery } from './recovery'
import { finishing } from './recording/remuxing'
import { liveDelay } from './recording/live-delay'
import { mixing } from './recording/mixing'
import type { Clip } from './relay/clip'
import { relay } from './relay/relay'
import { manyRooms } from './rooms/many-rooms'
import { roomOfNine } from './rooms/room-of-nine'

const PARTS = ['setup', 'latency', 'recovery', 'setdata', 'relay', 'rooms', 'recording'] as const
type Part = (typeof PARTS)[number]

/** The named parts, all without arguments; null if one is unknown. */
function partsOf(args: readonly string[]): readonly Part[] | null {
  if (args.some((arg) => !PARTS.some((part) => part === arg))) return null
  return args.length === 0 ? PARTS : PARTS.filter((part) => args.includes(part))
}

const print = (text: string): void => void process.stdout.write(`${text}\n\n`)
const say = (text: string): void => void process.stderr.write(`• ${text}\n`)

/** Returns what the rooms' clients sent, if there were rooms. */
async function inPreview(parts: readonly Part[], phones: Phones): Promise<Clip | null> {
  if (parts.includes('setup')) {
    say('call set-up')
    print(await callSetUp(phones))
  }
  if (parts.includes('latency')) {
    say('glass to glass: a minute')
    print(await glassToGlass(phones))
  }
  if (parts.includes('recovery')) {
    say('recovery: two minutes')
    print(await recovery(phones))
  }
  if (parts.includes('setdata')) {
    say('setData: a minute and a half')
    print(await dataRate(phones))
  }
  if (!parts.includes('rooms')) return null
  const { text, clip } = await roomOfNine(phones, say)
  print(text)
  return clip
}

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  const parts = partsOf(args)
  if (!parts) {
    process.stderr.write(`There is no part "${args.join(' ')}". The parts: ${PARTS.join(', ')}\n`)
    process.exitCode = 1
    return
  }
  const phones = parts.some((part) => part !== 'relay' && part !== 'recording') ? await openPhones() : null
  print(`${machineLine(phones?.chromium ?? null)}\n${loadLine()} (before)`)
  const clip = phones && (await inPreview(parts, phones).finally(() => phones.close()))
  if (parts.includes('relay')) print(await relay(say))
  if (clip) print(await manyRooms(clip, say))
  if (parts.includes('recording')) for (const part of [finishing, mixing, liveDelay]) print(await part(say))
  print(`${loadLine()} (after)`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
})
