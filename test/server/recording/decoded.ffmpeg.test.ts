/** Decoded content of finished files. */
import { writeFileSync } from 'node:fs'
import { parseAacConfig } from '../../../server/media/codec/aac'
import type { MediaTag } from '../../../server/media/types'
import { controlClock, useRealTime } from '../../support/clock'
import { describeWithFfmpeg, ffmpeg, testWithFfmpeg } from '../../support/ffmpeg'
import { configFor } from './aac-config'
import { CID, everything, Stage, START, subject, UID } from './support'
import { audioOf, shifted, tagsOf, videoOf } from './tags'

const RATE = 8000
const talk = tagsOf('talk')

function decode(path: string, ...options: string[]): Buffer {
  return ffmpeg('-i', path, ...options, '-')
}
/** Samples from -1 to 1, mono. */
function listen(path: string): Float32Array {
  const bytes = decode(path, '-ac', '1', '-ar', String(RATE), '-f', 'f32le')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}
/** The average colour of the picture shown at a time, in seconds. */
function look(path: string, at: number): [number, number, number] {
  // Like a player, with the last picture before that moment: frames at 20 per second, then the wanted one.
  const pixels = decode(path, '-vf', 'fps=20:start_time=0,scale=1:1', '-f', 'rawvideo', '-pix_fmt', 'rgb24')
  const frame = Math.min(Math.floor(at * 20), pixels.length / 3 - 1) * 3
  return [pixels[frame] ?? -1, pixels[frame + 1] ?? -1, pixels[frame + 2] ?? -1]
}
/** Share of a tone in a window of 200 ms: 0 to 1. */
function tone(samples: Float32Array, hertz: number, at: number): number {
  const window = samples.subarray(at * RATE, (at + 0.2) * RATE)
  let [real, imaginary, energy] = [0, 0, 0]
  const turn = (2 * Math.PI * hertz) / RATE
  for (const [n, sample] of window.entries()) {
    real += sample * Math.cos(turn * n)
    imaginary += sample * Math.sin(turn * n)
    energy += sample * sample
  }
  return energy < 1e-4 ? 0 : (2 * (real * real + imaginary * imaginary)) / (window.length * energy)
}
const loudness = (samples: Float32Array, at: number): number =>
  samples.subarray(at * RATE, (at + 0.2) * RATE).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
const nameOf = ([red, green, blue]: readonly [number, number, number]): string =>
  [red > 128 ? 'R' : '-', green > 128 ? 'G' : '-', blue > 128 ? 'B' : '-'].join('')

const isEarly = ({ timestamp }: MediaTag): boolean => timestamp < 1_500

describeWithFfmpeg('decoded', () => {
  let stage: Stage
  beforeEach(() => (stage = new Stage()))
  afterEach(async () => await stage.dispose())
  const aac = () => stage.path(`0-${CID}-${START}-${UID}.aac`)
  const mp4 = () => stage.path(`0-${CID}-${START}-${UID}.mp4`)

  test('both files sound like the input, and the mp4 looks like it', async () => {
    stage.play(subject(), talk)
    await stage.finish()
    for (const path of [aac(), mp4()]) {
      const sound = listen(path)
      expect(Math.abs(sound.length / RATE - 4.13)).toBeLessThan(0.1)
      expect([0.5, 1.5].map((at) => tone(sound, 440, at) > 0.9)).toEqual([true, true])
      expect([2.5, 3.5].map((at) => tone(sound, 1000, at) > 0.9)).toEqual([true, true])
    }
    const colours = [0.6, 1.6, 2.6, 3.6].map((at) => nameOf(look(mp4(), at)))
    expect(colours).toEqual(['R--', '-G-', '--B', 'RG-'])
  })

  test('a recording that begins in the middle of a stream: sound at once, the picture from the next key frame', async () => {
    const nothing = { ...everything, audio: false, video: false }
    const publication = stage.publish(subject({ request: nothing }))
    stage.send(publication, talk.filter(isEarly))
    stage.subjects.set(UID, subject())
    controlClock(START + 1_500)
    stage.recording.rerecord(publication.name)
    useRealTime()
    stage.send(
      publication,
      talk.filter((tag) => !isEarly(tag)),
    )
    stage.unpublish(publication)
    const { files, notes } = await stage.finish()
    expect(notes).toEqual([])
    expect(files.map(({ kind }) => kind)).toEqual(['aac', 'mp4'])
    for (const { filename } of files) {
      expect(filename).toContain(String(START + 1_500))
      const sound = listen(stage.path(filename))
      expect(Math.abs(sound.length / RATE - 2.63)).toBeLessThan(0.1)
      expect(tone(sound, 440, 0.2)).toBeGreaterThan(0.9)
      expect([0.8, 1.8].map((at) => tone(sound, 1000, at) > 0.9)).toEqual([true, true])
    }
    const [, mp4File] = files
    const colours = [0.7, 1.3, 1.9].map((at) => nameOf(look(stage.path(mp4File?.filename ?? ''), at)))
    expect(colours).toEqual(['--B', '--B', 'RG-'])
  })

  test('a gap is silent and holds the last picture; what follows is in place', async () => {
    stage.play(subject(), talk)
    stage.play(subject(), talk, START + 7000)
    await stage.finish()
    for (const path of [aac(), mp4()]) {
      const sound = listen(path)
      expect([4.6, 5.5, 6.7].map((at) => loudness(sound, at) < 0.001)).toEqual([true, true, true])
      expect(tone(sound, 440, 7.5)).toBeGreaterThan(0.9)
      expect(tone(sound, 1000, 10.5)).toBeGreaterThan(0.9)
    }
    expect([5.5, 6.8, 7.6, 8.6].map((at) => nameOf(look(mp4(), at)))).toEqual(['RG-', 'RG-', 'R--', '-G-'])
  })

  test('a live recording plays', async () => {
    stage.play(subject({ request: { ...everything, live: true, audio: false, video: false } }), talk)
    await stage.finish()
    const path = stage.path(`0-${CID}-${START}-${UID}.flv`)
    expect([0.6, 1.6, 2.6].map((at) => nameOf(look(path, at)))).toEqual(['R--', '-G-', '--B'])
    expect(Math.abs(listen(path).length / RATE - 4.1)).toBeLessThan(0.1)
  })

  test('a camera switched on later has the right picture at the right audio', async () => {
    const sound = talk.filter(({ type, timestamp }) => type === 8 && timestamp < 2000)
    const later = [...shifted(videoOf(talk), 2112), ...shifted(audioOf(talk), 2112)]
    stage.play(subject(), [...sound, ...later.toSorted((one, other) => one.timestamp - other.timestamp)])
    await stage.finish()
    expect([2.6, 3.6, 4.6].map((at) => nameOf(look(mp4(), at)))).toEqual(['R--', '-G-', '--B'])
    expect(tone(listen(mp4()), 1000, 5)).toBeGreaterThan(0.9)
  })
})

describe('silence', () => {
  const cases = [
    [1, 8, 16000],
    [2, 4, 44100],
    [3, 3, 48000],
    [4, 3, 48000],
    [5, 3, 48000],
    [6, 3, 48000],
    [7, 3, 48000],
  ] as const

  testWithFfmpeg.each(cases)(
    'for channel configuration %i at rate %i is a frame that a decoder takes',
    async (channels, rate, hertz) => {
      const stage = new Stage()
      try {
        const { silence, sampleRate, channels: count } = parseAacConfig(configFor(rate, channels))
        const frame = Buffer.alloc(7)
        const length = silence.length + 7
        frame.set([0xff, 0xf1, 0x40 | (rate << 2) | (channels >> 2), ((channels & 3) << 6) | (length >> 11)])
        frame.set([(length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc], 4)
        const path = `${stage.directory}/silence.aac`
        writeFileSync(path, Buffer.concat(Array.from({ length: 50 }, () => Buffer.concat([frame, silence]))))
        const samples = decode(path, '-f', 's16le')
        expect(samples.length).toBe(50 * 1024 * count * 2)
        expect(samples.every((byte) => byte === 0)).toBe(true)
        expect(sampleRate).toBe(hertz)
      } finally {
        await stage.dispose()
      }
    },
  )
})
