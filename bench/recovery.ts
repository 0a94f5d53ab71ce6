import type { PictureAfter } from './page/probe'
import { call, endCall, type Phones, type ProbedPhone } from './phones'
import { median, percentile } from './statistics'
import { table, wholeMs } from './table'

/** About 5 s, each slightly longer than the last one, to meet the phones' retries, a second apart, at every point. */
const LOSSES = Array.from({ length: 10 }, (_, count) => 4_550 + 100 * count)
/** Time watched after each loss; long enough to notice the loss and reconnect. */
const WATCHED = 8_000
/** Timeout for video after a loss. */
const PATIENCE = 20_000

/** Remote video at each phone after its network is restored, ms. */
interface Recovery {
  atBob: Seen
  atAlice: Seen
}
interface Seen {
  /** From the return to the first frame drawn after it. */
  first: number
  longestStill: number
}

/** A call in which Bob's phone loses its network repeatedly. */
export async function recovery(phones: Phones): Promise<string> {
  await call(phones, 'video')
  await Promise.all([phones.alice.ask('watch', WATCHED), phones.bob.ask('watch', WATCHED)])
  const recoveries: Recovery[] = []
  for (const loss of LOSSES) recoveries.push(await recover(phones, loss))
  await endCall(phones)
  const row = (name: string, pick: (recovery: Recovery) => Seen): string[] => {
    const seen = recoveries.map(pick)
    const [firsts, stills] = [seen.map(({ first }) => first), seen.map(({ longestStill }) => longestStill)]
    return [name, ...[firsts, stills].flatMap((values) => [median(values), percentile(values, 100)]).map(wholeMs)]
  }
  return [
    `Recovery: the callee's network lost ${LOSSES.length} times for about 5 s, in one video call`,
    '',
    table(
      ['', 'first picture, median', 'max', `longest still in ${WATCHED / 1000} s after it, median`, 'max'],
      [row('caller → callee', ({ atBob }) => atBob), row('callee → caller', ({ atAlice }) => atAlice)],
    ),
  ].join('\n')
}

async function recover({ alice, bob }: Phones, loss: number): Promise<Recovery> {
  const returned = bob.ask('networkReturn')
  await bob.dropNetwork(loss)
  const { networkBackAt } = await bob.faults()
  if (networkBackAt === null) throw new Error('the network was not lost')
  const look = (phone: ProbedPhone): Promise<PictureAfter> =>
    inTime(phone.ask('pictureAfter', networkBackAt, WATCHED), loss, `${phone.account} sees nothing any more`)
  const [back, atBob, atAlice] = await Promise.all([returned, look(bob), look(alice)])
  const seen = ({ shownAt, longestStill }: PictureAfter): Seen => ({ first: shownAt - back, longestStill })
  return { atBob: seen(atBob), atAlice: seen(atAlice) }
}

/** A call that does not recover must not block the benchmark forever. */
async function inTime<T>(result: Promise<T>, loss: number, otherwise: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), loss + WATCHED + PATIENCE)
  })
  return Promise.race([result, late]).finally(() => clearTimeout(timer))
}
