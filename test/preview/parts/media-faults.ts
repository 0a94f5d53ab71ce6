/** Media of phones with faults: the mini-program's codes, and the media at the other side. */
import { copyFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { until } from '../../support/until'
import { type MediaPhone, told } from '../support/media-stage'
import { stage } from './stage'

beforeAll(() => {
  writeFileSync(path.join(stage.sources, 'tone.wav'), wave(2))
  const picture = path.join(__dirname, '../../../miniprogram/assets/tabs/records-light.png')
  copyFileSync(picture, path.join(stage.sources, 'picture.png'))
})

async function open(query?: string): Promise<MediaPhone> {
  const phone = await stage.phone(query)
  const content = "import * as stamp from '/media/stamp.ts'; globalThis.stamp = stamp"
  await phone.page.addScriptTag({ type: 'module', content })
  return phone
}
/** Silence, s. */
function wave(seconds: number): Buffer {
  const size = 8_000 * seconds
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + size, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(8_000, 24)
  header.writeUInt32LE(8_000, 28)
  header.writeUInt16LE(1, 32)
  header.writeUInt16LE(8, 34)
  header.write('data', 36)
  header.writeUInt32LE(size, 40)
  return Buffer.concat([header, Buffer.alloc(size, 128)])
}

/** Their network states. */
const links = (codes: number[]): number[] => codes.filter((code) => code < 0 || [1102, 2103, 3002, 3005].includes(code))

test('media lose the network with their codes, give up, and can be started again', async () => {
  const phone = await open()
  await phone.publish()
  await phone.play()
  await told(phone.playerCodes, 2004)
  const [pushed, played] = [(await phone.pusherCodes()).length, (await phone.playerCodes()).length]
  await phone.inside(({ faults }) => faults.network(false))
  await told(phone.pusherCodes, -1307)
  await told(phone.playerCodes, -2301)
  expect(links((await phone.pusherCodes()).slice(pushed))).toEqual([3005, 1102, 3002, 1102, 3002, 1102, 3002, -1307])
  expect(links((await phone.playerCodes()).slice(played))).toEqual([3005, 2103, 3002, 2103, 3002, 2103, 3002, -2301])
  expect(await phone.inside(({ capture }) => capture.inUse)).toEqual([])
  await phone.inside(({ faults }) => faults.network(true))
  const before = (await phone.playerCodes()).length
  await phone.publish()
  await phone.play()
  await until(async () => (await phone.playerCodes()).slice(before).includes(2004), 'the player to be back')
})

test('a short loss is mended by both components themselves', async () => {
  const phone = await open()
  await phone.publish()
  await phone.play()
  await told(phone.playerCodes, 2004)
  const [pushed, played] = [(await phone.pusherCodes()).length, (await phone.playerCodes()).length]
  await phone.inside(({ faults }) => faults.dropNetwork(1_500))
  await told(phone.playerCodes, 2103)
  await until(async () => (await phone.pusherCodes()).slice(pushed).includes(1002), 'the pusher to be back')
  await until(async () => (await phone.playerCodes()).slice(played).includes(2004), 'the player to be back')
  expect(await phone.pusherCodes()).not.toContain(-1307)
})

/** Level of the player's audio, 0 to 1, even if it is muted. */
const loudness = (phone: MediaPhone): Promise<number> =>
  phone.page.evaluate(async () => {
    const video = document.querySelector<HTMLVideoElement & { captureStream(): MediaStream }>('wx-live-player video')
    const [track] = video?.captureStream().getAudioTracks() ?? []
    if (!track) return 0
    const context = new AudioContext()
    const analyser = new AnalyserNode(context, { fftSize: 8192 })
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    await context.resume()
    await new Promise((resolve) => setTimeout(resolve, 300))
    const samples = new Float32Array(analyser.fftSize)
    analyser.getFloatTimeDomainData(samples)
    await context.close()
    return samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0)
  })
const muted = (phone: MediaPhone): Promise<boolean> =>
  phone.page.evaluate(() => document.querySelector<HTMLVideoElement>('wx-live-player video')?.muted ?? false)

test('an interruption takes the microphone and silences the players until it ends', async () => {
  const phone = await open()
  await phone.publish()
  await phone.play()
  await told(phone.playerCodes, 2004)
  await until(async () => (await loudness(phone)) > 0.1, 'the tone')
  await phone.inside(({ faults }) => faults.interrupt(true))
  await told(phone.pusherCodes, 5001)
  expect(await phone.inside(({ capture }) => capture.inUse)).toEqual(['camera'])
  expect(await muted(phone)).toBe(true)
  await until(async () => (await loudness(phone)) < 0.01, 'silence')
  await phone.inside(({ faults }) => faults.interrupt(false))
  await until(async () => (await loudness(phone)) > 0.1, 'the tone again')
  expect(await muted(phone)).toBe(false)
  expect(await phone.inside(({ capture }) => capture.inUse)).toEqual(['camera', 'microphone'])
})

/** The player's frame: its average colour, and whether its timestamp is readable (not in a mirror). */
const look = (phone: MediaPhone) =>
  phone.page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>('wx-live-player video')
    if (!video || video.videoWidth === 0) return null
    const { videoWidth: width, videoHeight: height } = video
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    const picture = canvas.getContext('2d')
    picture?.drawImage(video, 0, 0)
    const pixels = picture?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray()
    const colour = [0, 1, 2].map((part) => {
      let sum = 0
      for (let at = part; at < pixels.length; at += 4) sum += pixels[at] ?? 0
      return sum / (pixels.length / 4)
    })
    const { readStamp, ageOf }: typeof import('../../../preview/media/stamp') = Reflect.get(globalThis, 'stamp')
    const stamp = readStamp(pixels, width, height)
    return { colour, stamped: stamp !== null && Math.abs(ageOf(stamp, Date.now())) < 5_000 }
  })

test('the background takes the camera: the other side sees the waiting image, and the picture at the return', async () => {
  const phone = await open('camera=blue&tone=500')
  const other = await open()
  await phone.publish({ waitingImage: '/picture.png' })
  await other.play(phone)
  const blue = async (): Promise<number> => (await look(other))?.colour[2] ?? 0
  await until(async () => (await blue()) > 150, 'the blue picture')
  await phone.inside(({ faults }) => faults.background(true))
  expect(await phone.inside(({ capture }) => capture.inUse)).toEqual(['microphone'])
  await until(async () => {
    // Transparent around grey lines: dark, but not black all over.
    const colour = (await look(other))?.colour ?? []
    return Math.max(...colour) < 100 && Math.max(...colour) > 2
  }, 'the waiting image')
  await phone.inside(({ faults }) => faults.background(false))
  await until(async () => (await blue()) > 150, 'the blue picture again')
})

test('the picture goes out mirrored and brighter where that is asked for', async () => {
  const phone = await open('camera=gray&tone=500&stamp')
  await phone.publish()
  await phone.play()
  let plain = 255
  await until(async () => {
    const seen = await look(phone)
    plain = seen?.colour[0] ?? 255
    return seen?.stamped ?? false
  }, 'a stamp')
  await phone.set({ mirrored: true, whiteness: 9 })
  await until(async () => {
    const seen = await look(phone)
    return seen !== null && !seen.stamped && (seen.colour[0] ?? 0) > plain + 15
  }, 'a brighter mirror')
  await phone.set({ mirrored: false, whiteness: 0 })
  await until(async () => (await look(phone))?.stamped ?? false, 'the stamp again')
})

test('what the system refuses is told by the pusher’s codes', async () => {
  const phone = await open('tone=500&refuse-by-system=camera,microphone')
  await phone.startPusher()
  await told(phone.pusherCodes, 10001, 10002)
})

test('without the privacy agreement the pusher may not begin; with it, it may', async () => {
  const phone = await open('tone=500&privacy=needed')
  await phone.startPusher()
  await phone.page.getByText('Refuse').click()
  await until(() => phone.inPage((page) => page.errors.length === 2), 'the errors')
  expect((await phone.inPage((page) => page.errors)).toSorted()).toEqual([
    'Not allowed to use camera: privacy permission is not authorized',
    'Not allowed to use microphone: privacy permission is not authorized',
  ])
  await phone.set({ pushing: false })
  await phone.inside(({ faults }) => faults.privacyNeeded(false))
  await phone.publish()
})

test('sounds loop, are listed while they play, and fall silent with an interruption and in the background', async () => {
  const phone = await open()
  const sounds = (): Promise<string[]> =>
    phone.inside(({ sounds }) => sounds.map(({ src, loop }) => `${src} ${String(loop)}`))
  await phone.page.evaluate(() => {
    const audio = wx.createInnerAudioContext()
    Object.assign(globalThis, { audio })
    audio.src = '/tone.wav'
    audio.loop = true
    audio.obeyMuteSwitch = false
    audio.play()
  })
  await until(async () => (await sounds()).join() === '/tone.wav true', 'the sound')
  await phone.page.waitForFunction(() => Reflect.get(globalThis, 'audio').currentTime > 0.1)
  await phone.inside(({ faults }) => faults.background(true))
  expect(await sounds()).toEqual([])
  await phone.inside(({ faults }) => faults.background(false))
  await until(async () => (await sounds()).length === 1, 'the sound again')
  await phone.inside(({ faults }) => faults.interrupt(true))
  expect(await sounds()).toEqual([])
  await phone.inside(({ faults }) => faults.interrupt(false))
  expect(await sounds()).toEqual([])
  await phone.page.evaluate(() => Reflect.get(globalThis, 'audio').play())
  await until(async () => (await sounds()).length === 1, 'the sound once more')
  await phone.page.evaluate(() => {
    Reflect.get(globalThis, 'audio').stop()
    Reflect.get(globalThis, 'audio').destroy()
  })
  expect(await sounds()).toEqual([])
})
