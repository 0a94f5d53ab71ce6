import { readMedia } from './read-media'
import { CID, everything, Stage, START, subject, UID } from './support'
import { audioOf, framesOf, makeTag, shifted, tagsOf, videoOf } from './tags'

const talk = tagsOf('talk')
const turned = tagsOf('turned')
const TALK = 4.13
const FRAME = 0.07
/** Audio frames that are not silence. */
const LOUD = framesOf(audioOf(talk)).filter(({ payload }) => payload.length - 2 > 20).length

let stage: Stage
beforeEach(() => (stage = new Stage()))
afterEach(async () => await stage.dispose())

const aac = (piece = '') => stage.path(`0-${CID}-${START}-${UID}${piece}.aac`)
const mp4 = (piece = '') => stage.path(`0-${CID}-${START}-${UID}${piece}.mp4`)
const names = async () => (await stage.finish()).files.map(({ filename }) => filename.replace(/^.*-101/, ''))
const largestStep = (times: readonly number[] = []) =>
  times.reduce((largest, time, at) => Math.max(largest, time - (times[at - 1] ?? time)), 0)

test('a reconnect after 3 s continues the same files, with silence and a held picture in the gap', async () => {
  stage.play(subject(), talk)
  stage.play(subject(), talk, START + 7000)
  expect(await names()).toEqual(['.aac', '.mp4'])
  const sound = await readMedia(aac())
  const film = await readMedia(mp4())
  for (const { duration } of [sound, film]) expect(Math.abs(duration - 7 - TALK)).toBeLessThan(FRAME)
  expect(sound.audio?.times).toHaveLength(Math.round(sound.duration / (1024 / 48000)))
  // Silence is a few bytes; audio of the second half begins at its time.
  const silent = sound.audio?.sizes.filter((size) => size < 20) ?? []
  expect(silent.length).toBeGreaterThan(2.8 / (1024 / 48000))
  expect(film.audio?.times).toEqual(sound.audio?.times)
  const pictures = film.video?.times ?? []
  expect(pictures).toHaveLength(2 * framesOf(videoOf(talk)).length)
  expect(pictures.find((time) => time > 5)).toBeCloseTo(7.133, 2)
})

test('a reconnect that overlaps the earlier part follows it directly', async () => {
  stage.play(subject(), talk)
  stage.play(subject(), talk, START + 3000)
  expect(await names()).toEqual(['.aac', '.mp4'])
  const { duration, audio } = await readMedia(aac())
  expect(Math.abs(duration - 2 * TALK + 0.112)).toBeLessThan(2 * FRAME)
  expect(audio?.sizes.filter((size) => size > 20).length).toBeGreaterThan(2 * (framesOf(audioOf(talk)).length - 8))
})

test('frames sent late after publishing keep their time: the files begin at the publication', async () => {
  const who = stage.publish(subject())
  stage.now += 300
  stage.send(who, talk)
  stage.unpublish(who)
  await stage.finish()
  const { video, duration } = await readMedia(mp4())
  expect(video?.times[0]).toBeCloseTo(0.3 + 0.133, 2)
  expect(Math.abs(duration - 0.3 - TALK)).toBeLessThan(FRAME)
})

test('a camera switched on later is shown at its time, with audio from the start', async () => {
  const late = [...audioOf(talk).filter(({ timestamp }) => timestamp < 2000), ...shifted(videoOf(talk), 2000)]
  stage.play(subject(), late)
  expect(await names()).toEqual(['.aac', '.mp4'])
  const { audio, video, duration } = await readMedia(mp4())
  expect(audio?.times[0]).toBe(0)
  expect(video?.times[0]).toBeCloseTo(2.133, 2)
  const length = 2 + TALK
  expect(Math.abs(duration - length)).toBeLessThan(FRAME)
  expect(Math.abs((await readMedia(aac())).duration - length)).toBeLessThan(FRAME)
})

test('a camera switched off leaves its last picture until the end', async () => {
  stage.play(subject(), [...videoOf(talk).filter(({ timestamp }) => timestamp < 1000), ...audioOf(talk)])
  await stage.finish()
  const { video, duration } = await readMedia(mp4())
  expect(Math.abs(duration - TALK)).toBeLessThan(FRAME)
  expect(video?.times).toHaveLength(15)
  expect(Math.abs((video?.end ?? 0) - TALK)).toBeLessThan(FRAME)
})

test('a video-only recording is as long as the stream, although its audio is not kept', async () => {
  const tags = [...videoOf(talk).filter(({ timestamp }) => timestamp < 1000), ...audioOf(talk)]
  stage.play(subject({ request: { ...everything, audio: false } }), tags)
  expect(await names()).toEqual(['.mp4'])
  expect(Math.abs((await readMedia(mp4())).duration - TALK)).toBeLessThan(FRAME)
})

test('a microphone pause within a publication is silence of exactly that length', async () => {
  const paused = talk.filter(({ type, timestamp }) => type === 9 || timestamp < 1000 || timestamp > 2500)
  stage.play(subject(), paused)
  await stage.finish()
  const { audio, duration } = await readMedia(aac())
  expect(Math.abs(duration - TALK)).toBeLessThan(FRAME)
  const loud = (audio?.times ?? []).filter((_, at) => (audio?.sizes[at] ?? 0) > 20)
  expect(largestStep(loud)).toBeGreaterThan(1.5 - FRAME)
  expect(largestStep(loud)).toBeLessThan(1.5 + FRAME)
})

test('another picture size or audio format begins another piece; the pieces adjoin', async () => {
  stage.play(subject(), [...talk, ...shifted(turned, 5000)])
  expect(await names()).toEqual(['.aac', '-1.aac', '.mp4', '-1.mp4'])
  const [first, second] = [await readMedia(mp4()), await readMedia(mp4('-1'))]
  expect([first.video?.width, first.video?.height]).toEqual([320, 240])
  expect([second.video?.width, second.video?.height]).toEqual([240, 320])
  expect([first.audio?.sampleRate, first.audio?.channels]).toEqual([48000, 1])
  expect([second.audio?.sampleRate, second.audio?.channels]).toEqual([44100, 2])
  expect(first.duration).toBeCloseTo(5, 1)
  expect(Math.abs(first.duration + second.duration - 7.05)).toBeLessThan(2 * FRAME)
  const sound = [await readMedia(aac()), await readMedia(aac('-1'))]
  expect(Math.abs((sound[0]?.duration ?? 0) + (sound[1]?.duration ?? 0) - 7.05)).toBeLessThan(2 * FRAME)
  const { files } = await stage.finish()
  expect(files).toEqual([])
})

test('an audio change within a group of pictures loses no picture', async () => {
  const sound = [
    ...audioOf(talk).filter(({ timestamp }) => timestamp < 1500),
    ...shifted(audioOf(turned), 1500).filter(({ timestamp }) => timestamp < 3500),
  ]
  const tags = [...videoOf(talk), ...sound].toSorted((one, other) => one.timestamp - other.timestamp)
  stage.play(subject(), tags)
  const { files, notes } = await stage.finish()
  expect(notes).toEqual([])
  const films = files.filter(({ kind }) => kind === 'mp4')
  const shown = await Promise.all(films.map(async ({ filename }) => (await readMedia(stage.path(filename))).video))
  expect(shown.flatMap((video) => video?.times ?? [])).toHaveLength(framesOf(videoOf(talk)).length)
  expect(files.filter(({ kind }) => kind === 'aac')).toHaveLength(2)
})

test('a rotated picture splits the mp4, not the aac', async () => {
  stage.play(subject(), [...talk, ...shifted(videoOf(turned), 4200), ...shifted(audioOf(talk), 4200)])
  const { files } = await stage.finish()
  expect(files.map(({ kind, pieceIndex }) => [kind, pieceIndex])).toEqual([
    ['aac', 0],
    ['mp4', 0],
    ['mp4', 1],
  ])
  expect(Math.abs((await readMedia(aac())).duration - 4.2 - TALK)).toBeLessThan(FRAME)
  expect((await readMedia(mp4('-1'))).audio).toMatchObject({ sampleRate: 48000, channels: 1 })
})

test('a repeated configuration splits nothing', async () => {
  const configs = talk.filter(({ kind }) => kind.endsWith('config'))
  stage.play(subject(), [...talk.filter(({ timestamp }) => timestamp < 2000), ...configs, ...talk.slice(60)])
  expect(await names()).toEqual(['.aac', '.mp4'])
})

describe('implausible timestamps', () => {
  test('that jump far ahead continue from before', async () => {
    const jumped = talk.map((tag) =>
      tag.timestamp > 2000 && tag.type !== 18 ? makeTag(tag.type, tag.timestamp + 3_600_000, tag.payload) : tag,
    )
    stage.play(subject(), jumped)
    expect(await names()).toEqual(['.aac', '.mp4'])
    expect(Math.abs((await readMedia(aac())).duration - TALK)).toBeLessThan(2 * FRAME)
    expect(Math.abs((await readMedia(mp4())).duration - TALK)).toBeLessThan(2 * FRAME)
  })

  test('that jump far back continue from before', async () => {
    const late = shifted(talk, 3_600_000)
    stage.play(subject(), [...late.filter((_, at) => at < 120), ...talk.slice(120)])
    expect(await names()).toEqual(['.aac', '.mp4'])
    expect(Math.abs((await readMedia(mp4())).duration - TALK)).toBeLessThan(2 * FRAME)
  })

  test('hours apart between tracks do not fill the disk', async () => {
    const apart = talk.map((tag) => (tag.type === 9 ? makeTag(9, tag.timestamp + 3_600_000, tag.payload) : tag))
    stage.play(subject(), apart)
    await stage.finish()
    expect((await readMedia(aac())).duration).toBeLessThan(2 * TALK)
  })

  test('of audio faster than its clock: audio is complete, and video follows', async () => {
    const fast = talk.map((tag) => (tag.type === 8 ? makeTag(8, Math.round(tag.timestamp * 0.9), tag.payload) : tag))
    stage.play(subject(), fast)
    await stage.finish()
    const { duration, audio } = await readMedia(aac())
    expect(Math.abs(duration - TALK)).toBeLessThan(0.5)
    // Everything that was sent.
    expect(audio?.sizes.filter((size) => size > 20)).toHaveLength(LOUD)
  })

  test('out of order within a track give a readable file', async () => {
    const shuffled = talk.map((tag, at) =>
      at % 7 === 3 && tag.type !== 18 ? makeTag(tag.type, Math.max(0, tag.timestamp - 400), tag.payload) : tag,
    )
    stage.play(subject(), shuffled)
    expect(await names()).toEqual(['.aac', '.mp4'])
    expect(Math.abs((await readMedia(mp4())).duration - TALK)).toBeLessThan(2 * FRAME)
  })
})

test('with a configuration change in every frame: a limited number of pieces, and a note', async () => {
  const forms = [talk, turned].map((tags) => [
    ...tags.filter(({ kind }) => kind === 'video-config'),
    ...tags.filter(({ kind }) => kind === 'video-key').slice(0, 1),
  ])
  const who = stage.publish(subject({ request: { ...everything, audio: false } }))
  for (let round = 0; round < 500; round++) stage.send(who, shifted(forms[round % 2] ?? [], round))
  stage.unpublish(who)
  await stage.recording.close()
  const spooled = stage.listing().filter((name) => name.endsWith('.flv'))
  expect(spooled).toHaveLength(1)
  const { files, notes } = await stage.finish()
  expect(files).toHaveLength(100)
  expect(notes.at(-1)?.message).toContain('configuration changed too often')
})

test('with constant video changes do not affect audio', async () => {
  const pictures = [talk, turned].map((tags) =>
    tags.filter(({ kind }) => kind === 'video-config' || kind === 'video-key').slice(0, 2),
  )
  const tags = framesOf(audioOf(talk)).flatMap((frame, at) => [
    ...(pictures[at % 2] ?? []).map((tag) => makeTag(9, frame.timestamp, tag.payload)),
    frame,
  ])
  const config = audioOf(talk).filter(({ kind }) => kind === 'audio-config')
  stage.play(subject(), [...config, ...tags])
  const { files } = await stage.finish()
  expect(files.filter(({ kind }) => kind === 'aac')).toHaveLength(1)
  const { audio } = await readMedia(aac())
  expect(audio?.sizes.filter((size) => size > 20)).toHaveLength(LOUD)
})

describe('constant audio changes', () => {
  /** The fixture's configuration, and the same with one channel. */
  const [stereo] = audioOf(talk).filter(({ kind }) => kind === 'audio-config')
  const mono =
    stereo && makeTag(8, 0, Buffer.of(0xaf, 0, ...stereo.payload.subarray(2, 3), (stereo.payload[3] ?? 0) ^ 0x18))

  test('lose no picture, and no more files are made than for other changes', async () => {
    const key = talk.find(({ kind }) => kind === 'video-key')
    const minute = Array.from({ length: 15 }, (_, round) => shifted(talk, round * 4200)).flat()
    const tags = minute.flatMap((tag, at) => {
      const config = at % 2 === 0 ? mono : stereo
      if (tag.kind === 'audio' && config) return [makeTag(8, tag.timestamp, config.payload), tag]
      return tag.kind === 'video' && key ? [makeTag(9, tag.timestamp, key.payload)] : [tag]
    })
    stage.play(subject(), tags)
    const { files, notes, frames } = await stage.finish()
    expect(files.filter(({ kind }) => kind === 'mp4')).toHaveLength(1)
    expect(files.filter(({ kind }) => kind === 'aac')).toHaveLength(100)
    expect(notes.map(({ message }) => message)).toEqual([
      expect.stringContaining('audio configuration changed too often'),
    ])
    const { audio, video } = frames[0] ?? {}
    expect(video).toMatchObject({ received: 900, written: 900, dropped: {} })
    expect(audio?.dropped['too-many-forms']).toBe((audio?.received ?? 0) - (audio?.written ?? 0))
  })
})

test('a member that reconnects hundreds of times is recorded to the end', async () => {
  const short = [...audioOf(talk).slice(0, 1), ...framesOf(audioOf(talk)).slice(0, 3)]
  for (let round = 0; round < 300; round++) stage.play(subject(), shifted(short, round * 1000), START + round * 1000)
  const { files, notes } = await stage.finish()
  expect(notes).toEqual([])
  expect(files.map(({ kind }) => kind)).toEqual(['aac'])
  // Length of the media, ms: three frames after the last reconnect.
  expect(Math.abs((files[0]?.duration ?? 0) - 299_064)).toBeLessThan(200)
})
