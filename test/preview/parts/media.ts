/** Publishing and playing, with the codes that a mini-program depends on. */
import { until } from '../../support/until'
import { type MediaPhone, told } from '../support/media-stage'
import { stage } from './stage'

let phone: MediaPhone

/** Lag of the player behind its received data, s. */
const lag = () =>
  phone.page.evaluate(() => {
    const player = document.querySelector<HTMLVideoElement>('wx-live-player video')
    const length = player?.buffered.length ?? 0
    return player && length > 0 ? player.buffered.end(length - 1) - player.currentTime : 0
  })
const pause = (paused: boolean) =>
  phone.page.evaluate((paused) => {
    const player = document.querySelector<HTMLVideoElement>('wx-live-player video')
    if (paused) player?.pause()
    else void player?.play()
  }, paused)

test('publishes picture and sound, plays them, and tells the codes of both', async () => {
  phone = await stage.phone()
  await phone.publish()
  await told(phone.pusherCodes, 1003, 1005, 1007, 1008)
  await phone.play()
  await told(phone.playerCodes, 2001, 2002, 2003, 2004, 2009, 2032)
  expect((await phone.video()).width).toBe(180)
  await until(() => phone.inPage((page) => (page.pusherNet['videoFPS'] ?? 0) > 5), 'the pusher’s netstatus')
  await until(() => phone.inPage((page) => (page.playerNet['audioBitrate'] ?? 0) > 5), 'the player’s netstatus')
  expect(await phone.inPage((page) => page.pusherNet)).toMatchObject({
    videoWidth: 180,
    videoHeight: 320,
    videoGOP: 1,
  })
})

test('a player that fell behind jumps close to live', async () => {
  phone = await stage.phone()
  await phone.publish()
  await phone.play()
  await told(phone.playerCodes, 2032)
  await pause(true)
  await until(async () => (await lag()) > 1, 'the player to be behind')
  const jumped = phone.page.evaluate(
    () =>
      new Promise((resolve) => {
        const player = document.querySelector<HTMLVideoElement>('wx-live-player video')
        player?.addEventListener('seeking', () => resolve(true), { once: true })
      }),
  )
  await pause(false)
  expect(await jumped).toBe(true)
  await until(async () => (await lag()) < 0.35, 'the player to be close to live')
})

test('the camera goes off with its light, the sound continues; removed elements leave nothing running', async () => {
  phone = await stage.phone()
  await phone.page.evaluate(() => {
    const tracks: MediaStreamTrack[] = []
    Object.assign(globalThis, { tracks })
    const { MediaStreamTrackProcessor: Processor } = Object(globalThis)
    Object.assign(globalThis, {
      MediaStreamTrackProcessor: class extends Processor {
        constructor(options: { track: MediaStreamTrack }) {
          super(options)
          tracks.push(options.track)
        }
      },
    })
  })
  const live = () =>
    phone.page.evaluate(() => {
      const tracks: unknown = Reflect.get(globalThis, 'tracks')
      if (!Array.isArray(tracks)) return []
      return tracks.flatMap((track: MediaStreamTrack) => (track.readyState === 'live' ? [track.kind] : []))
    })
  await phone.publish()
  await phone.play()
  await told(phone.playerCodes, 2004)
  expect((await live()).toSorted()).toEqual(['audio', 'video'])
  await phone.set({ camera: false })
  await until(async () => (await live()).join() === 'audio', 'the camera to be off')
  const { time } = await phone.video()
  await until(async () => (await phone.video()).time > time + 2, 'the sound to go on')
  await phone.set({ camera: true })
  await until(async () => (await live()).length === 2, 'the camera to be on again')
  await phone.set({ pushing: false, playing: false })
  await until(async () => (await live()).length === 0, 'everything to be off')
  expect(
    await phone.page.evaluate(() => {
      const phone: unknown = Reflect.get(globalThis, '__phone')
      const { pushers, players } = Object(phone)
      return [pushers.size, players.size]
    }),
  ).toEqual([0, 0])
})

test('a call that begins with sound alone gets its picture when the camera is turned on', async () => {
  phone = await stage.phone()
  await phone.publish({ camera: false })
  await phone.play()
  await told(phone.playerCodes, 2004)
  expect((await phone.video()).width).toBe(0)
  await phone.set({ camera: true })
  await until(async () => (await phone.video()).width === 180, 'the picture')
})

test('a broken link is told and mended by both sides', async () => {
  phone = await stage.phone()
  await phone.publish()
  await phone.play()
  await told(phone.playerCodes, 2004)
  const before = (await phone.pusherCodes()).length
  stage.dropStream()
  await told(phone.pusherCodes, 1102)
  await told(phone.playerCodes, 2103)
  await until(async () => (await phone.pusherCodes()).slice(before).includes(1002), 'the pusher to be back')
  await until(
    async () => (await phone.playerCodes()).lastIndexOf(2004) > (await phone.playerCodes()).lastIndexOf(2103),
    'the player to be back',
  )
})

test('a refused camera is told, and the sound goes out all the same', async () => {
  phone = await stage.phone('tone=500&refuse=camera')
  await phone.publish()
  await told(phone.pusherCodes, 10001)
  await phone.play()
  await told(phone.playerCodes, 2004)
})
