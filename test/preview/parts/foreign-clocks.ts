/** Players (mpegts.js, as others in browsers) continue whatever the publisher's clock does, and play its encoder's output. */
import { fixture, FORMS, ROUND, UNDECODABLE_SOUND } from '../../server/media/forms'
import { PAYLOAD_MODELS } from '../../server/media/payload-models'
import { publishRtmp, type RtmpClient } from '../../support/media-client'
import { until } from '../../support/until'
import { type MediaPhone, told } from '../support/media-stage'
import { stage } from './stage'

const talk = fixture('talk')
type Tag = (typeof talk)[number]

type Change = (tag: Tag, at: number) => number | null
const asItIs: Change = (_, at) => at

/** Publishes tags in a loop, in real time as the player requires. `from` changes timestamps, or omits frames, from then on. */
class Publisher {
  private change = asItIs
  /** Media time sent so far, ms. */
  at = 0
  private ended = false

  constructor(
    private readonly client: RtmpClient,
    private readonly tags: readonly Tag[] = talk,
    private readonly length = ROUND,
  ) {
    void this.run()
  }

  /** Replaces the timestamps of the following frames; null omits a frame. */
  from(change: Change): void {
    this.change = change
  }

  end(): void {
    this.ended = true
    this.client.close()
  }

  private async run(): Promise<void> {
    const begun = performance.now()
    for (let round = 0; !this.ended; round++) {
      for (const tag of this.tags) {
        this.at = round * this.length + tag.timestamp
        // Paces the media; no assertion depends on it.
        const wait = begun + this.at - performance.now()
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        if (this.ended) return
        const { type, payload, kind } = tag
        const timestamp = kind.endsWith('config') ? this.at : this.change(tag, this.at)
        if (timestamp !== null) this.client.sendTag({ type, timestamp: timestamp >>> 0, payload })
      }
    }
  }
}

interface Played {
  /** s */
  time: number
  pictures: number
  sound: number
}
const played = async (phone: MediaPhone): Promise<Played> =>
  await phone.page.evaluate(() => {
    const player = document.querySelector<HTMLVideoElement>('wx-live-player video')
    const sound = Number(player && Reflect.get(player, 'webkitAudioDecodedByteCount'))
    return {
      time: player?.currentTime ?? 0,
      pictures: player?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
      sound,
    }
  })

/** Waits until the player has played some more seconds of video, and of audio. `bitrate`: least decoded audio, bytes per second. */
async function goesOn(phone: MediaPhone, what: string, seconds = 2, bitrate = 4_000): Promise<void> {
  const before = await played(phone)
  await until(async () => {
    const { time, pictures, sound } = await played(phone)
    const [shown, heard] = [pictures - before.pictures, sound - before.sound]
    return time > before.time + seconds && shown > 10 * seconds && heard >= bitrate * seconds
  }, what)
}

/** Maximum distance between the media times of two shown frames, s. */
const GAP = 2
const isSound = ({ type }: Tag): boolean => type === 8

const CHANGES: Array<[string, (publisher: Publisher) => Promise<void>]> = [
  [
    'a microphone that is muted for 4 s, whose clock stands still meanwhile',
    async (publisher) => {
      const begun = publisher.at
      publisher.from((tag, at) => (isSound(tag) ? null : at))
      await until(() => publisher.at >= begun + 4_000, 'four seconds to pass')
      const muted = publisher.at - begun
      publisher.from((tag, at) => (isSound(tag) ? at - muted : at))
    },
  ],
  [
    'a clock that steps back by 3 s',
    async (publisher) => {
      publisher.from((_, at) => at - 3_000)
      await Promise.resolve()
    },
  ],
  [
    'a clock of sound that steps forward by 20 s',
    async (publisher) => {
      publisher.from((tag, at) => (isSound(tag) ? at + 20_000 : at))
      await Promise.resolve()
    },
  ],
  [
    'one picture that is 3 s too high',
    async (publisher) => {
      let wrong = true
      publisher.from((tag, at) => {
        const by = wrong && !isSound(tag) ? 3_000 : 0
        if (by > 0) wrong = false
        return at + by
      })
      await Promise.resolve()
    },
  ],
]

/** `pause`: the largest allowed distance of two pictures, s. */
async function goesOnAfter(what: string, happens: (publisher: Publisher) => Promise<void>, pause = GAP): Promise<void> {
  const phone = await stage.phone()
  const publisher = new Publisher(await publishRtmp(phone.pushUrl))
  /** Publisher's media time minus the player's, s. The offset is arbitrary; it is constant while the player keeps up. */
  const lag = async (): Promise<number> => publisher.at / 1000 - (await played(phone)).time
  try {
    await phone.play()
    await told(phone.playerCodes, 2004, 2009)
    await goesOn(phone, 'the player to run')
    const usual = await lag()
    await watchGaps(phone)
    await happens(publisher)
    await goesOn(phone, `the player to go on after ${what}`)
    await until(async () => (await lag()) < usual + 2, `the player to be close to live after ${what}`)
    const gap = await longestGap(phone)
    if (gap >= pause) throw new Error(`after ${what}: ${gap} s between two pictures`)
    await noErrors(phone, what)
  } finally {
    publisher.end()
  }
}

const PAYLOADS: Array<[string, number[]]> = [
  ['empty units, tags without a picture, delimiters, unflagged key frames and ADTS', [0, 1, 3, 4, 7]],
  ['start codes, all frames flagged as key, an empty configuration first', [2, 5, 6]],
]

const modelled = (models: number[]): readonly Tag[] =>
  models.reduce<readonly Tag[]>((made, at) => PAYLOAD_MODELS[at]?.[1](made) ?? made, talk)

/** `seconds`: how long it must play; `bitrate`: of the audio. */
async function plays(what: string, tags: readonly Tag[], length = ROUND, seconds = 2, bitrate?: number): Promise<void> {
  const phone = await stage.phone()
  const publisher = new Publisher(await publishRtmp(phone.pushUrl), tags, length)
  try {
    await phone.play()
    await told(phone.playerCodes, 2004, 2009)
    await goesOn(phone, `the player to run with ${what}`, seconds, bitrate)
    await noErrors(phone, what)
  } finally {
    publisher.end()
  }
}

/** Reconnects and failures of the player, except for a machine that was stopped for seconds. */
async function noErrors(phone: MediaPhone, what: string): Promise<void> {
  const errors = await phone.inPage(({ playerCodes, playerMessages }) =>
    playerMessages.filter((_, at) => (playerCodes[at] ?? 0) < 0 || playerCodes[at] === 2103),
  )
  const own = errors.filter((message) => !message.includes('nothing comes any more'))
  if (own.length > 0) throw new Error(`${what}: the player told ${own.join()}`)
}

/** A case each, which rejects with its name. */
const BATCHES: Array<[string, () => Promise<void>[]]> = [
  [
    'whatever the clock of a publisher does, and play what its encoder makes',
    () => [
      ...CHANGES.map(([what, happens]) => goesOnAfter(what, happens)),
      ...PAYLOADS.map(([what, models]) => plays(what, modelled(models))),
    ],
  ],
  [
    'without audio that cannot be decoded',
    () => UNDECODABLE_SOUND.map(([what, tags]) => plays(`audio of ${what}`, tags, ROUND, 6, 0)),
  ],
  [
    'when the encoder changes its form, a camera starts again, or clocks drift apart',
    () => [
      ...FORMS.map(([what, { tags, length }]) => plays(what, tags, length, 8)),
      goesOnAfter('a camera that continues after 3 s with its own zero', cameraStartsAgain, 3 + GAP),
      goesOnAfter('a clock of sound that is 2 % fast', soundRunsFast),
    ],
  ],
]

async function cameraStartsAgain(publisher: Publisher): Promise<void> {
  const begun = publisher.at
  publisher.from((tag, at) => (isSound(tag) ? at : null))
  await until(() => publisher.at >= begun + 3_000, 'three seconds to pass')
  // An encoder that starts again begins with a key frame.
  let zero: number | null = null
  publisher.from((tag, at) => {
    if (isSound(tag)) return at
    if (tag.kind === 'video-key') zero ??= at
    return zero === null ? null : at - zero
  })
}

async function soundRunsFast(publisher: Publisher): Promise<void> {
  const begun = publisher.at
  publisher.from((tag, at) => (isSound(tag) ? begun + (at - begun) * 1.02 : at))
  await until(() => publisher.at >= begun + 8_000, 'eight seconds to pass')
}

// In real time, but with little CPU: the cases of a batch in parallel. `npm run test:long` runs all batches.
test.each(process.env['PLANS'] === 'all' ? BATCHES : BATCHES.slice(0, 2))('players go on %s', async (_, begin) => {
  const results = await Promise.allSettled(begin())
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []))
  expect(failures).toEqual([])
})

/** Records the largest distance between the media times of consecutive frames, except across seeks. */
async function watchGaps(phone: MediaPhone): Promise<void> {
  await phone.page.evaluate(() => {
    const player = document.querySelector<HTMLVideoElement>('wx-live-player video')
    let before: number | null = null
    const note = (_: number, { mediaTime }: { mediaTime: number }): void => {
      const longest = Number(Reflect.get(globalThis, 'longestGap') ?? 0)
      if (before !== null) Reflect.set(globalThis, 'longestGap', Math.max(longest, mediaTime - before))
      before = mediaTime
      player?.requestVideoFrameCallback(note)
    }
    Reflect.set(globalThis, 'longestGap', 0)
    player?.addEventListener('seeking', () => (before = null))
    player?.requestVideoFrameCallback(note)
  })
}
const longestGap = async (phone: MediaPhone): Promise<number> =>
  await phone.page.evaluate(() => Number(Reflect.get(globalThis, 'longestGap')))
