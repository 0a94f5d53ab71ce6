/** A live-player whose stream stops or never comes, on a controlled clock. */
import mpegts from 'mpegts.js'
import { Network } from '../../preview/conditions/network'
import { audioConfigTag, flvHeader, videoConfigTag } from '../../preview/media/flv'
import { Player } from '../../preview/media/player'
import { advance, controlClock, useRealTime } from '../support/clock'

/** Time without data after which a stream is given up, ms. */
const SILENCE = 4_000
const RETRY_DELAY = 800
const RETRYING = 2103
const GAVE_UP = -2301

/** A connection that the service keeps open, with or without data. */
class Connection extends EventTarget {
  static readonly all: Connection[] = []
  static readonly OPEN = 1
  closed = false
  readyState = 1

  constructor(readonly url: string) {
    super()
    Connection.all.push(this)
  }
  open(): void {
    this.dispatchEvent(new Event('open'))
  }
  send(bytes: Uint8Array): void {
    this.dispatchEvent(new MessageEvent('message', { data: Uint8Array.from(bytes).buffer }))
  }
  close(): void {
    this.closed = true
  }
}

const codes: number[] = []
/** The library's error listener. */
let fails: (type: string, detail: string) => void
const on = (_event: string, listener: typeof fails) => void (fails = listener)
const getVideoPlaybackQuality = () => ({ totalVideoFrames: 0 })
let player: Player
let video: HTMLVideoElement
let createPlayer: jest.SpyInstance<ReturnType<typeof mpegts.createPlayer>, Parameters<typeof mpegts.createPlayer>>
const { WebSocket: original } = globalThis
beforeEach(() => {
  controlClock()
  Object.assign(globalThis, { WebSocket: Connection })
  Connection.all.length = 0
  codes.length = 0
  const report = { state: (code: number) => void codes.push(code), net: () => undefined }
  video = document.createElement('video')
  // jsdom cannot play.
  Object.assign(video, { getVideoPlaybackQuality, play: () => Promise.resolve() })
  const [attachMediaElement, load, destroy] = Array.from({ length: 3 }, () => () => undefined)
  createPlayer = jest.spyOn(mpegts, 'createPlayer').mockReturnValue(Object({ on, attachMediaElement, load, destroy }))
  player = new Player(video, new Network(), report)
})
afterEach(() => {
  Object.assign(globalThis, { WebSocket: original })
  jest.restoreAllMocks()
  useRealTime()
})

test('a silent stream is retried three times, then fails', async () => {
  player.start('rtmp://host/live/1-2')
  for (let attempt = 1; attempt <= 4; attempt++) {
    await advance(0)
    expect(Connection.all).toHaveLength(attempt)
    Connection.all.at(-1)?.open()
    await advance(SILENCE - 1)
    expect(Connection.all.at(-1)?.closed).toBe(false)
    await advance(1)
    expect(Connection.all.at(-1)?.closed).toBe(true)
    await advance(RETRY_DELAY)
  }
  expect(codes).toEqual([2001, RETRYING, 2001, RETRYING, 2001, RETRYING, 2001, GAVE_UP])
  await advance(60_000)
  expect(Connection.all).toHaveLength(4)
})

test('received media reset the silence, playback resets the number of attempts', async () => {
  player.start('rtmp://host/live/1-2')
  for (let stream = 1; stream <= 2; stream++) {
    await advance(0)
    const connection = Connection.all.at(-1)
    connection?.open()
    connection?.send(flvHeader({ audio: true, video: true }))
    await advance(SILENCE - 1)
    connection?.send(audioConfigTag(0, new Uint8Array([0x11, 0x90])))
    video.dispatchEvent(new Event('playing'))
    await advance(SILENCE - 1)
    expect([Connection.all.length, connection?.closed]).toEqual([stream, false])
    await advance(1 + RETRY_DELAY)
  }
  await advance(3 * (SILENCE + RETRY_DELAY))
  const breaks = codes.filter((code) => code === RETRYING || code === GAVE_UP)
  expect(breaks).toEqual([RETRYING, RETRYING, RETRYING, RETRYING, GAVE_UP])
})

test('a stopped player does not retry', async () => {
  player.start('rtmp://host/live/1-2')
  await advance(SILENCE)
  player.stop()
  await advance(60_000)
  expect([Connection.all.length, ...codes]).toEqual([1, RETRYING])
})

test('undecodable media are reported in the console, lost connections are not', async () => {
  const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined)
  player.start('rtmp://host/live/1-2')
  for (const type of [mpegts.ErrorTypes.NETWORK_ERROR, mpegts.ErrorTypes.MEDIA_ERROR]) {
    await advance(0)
    const connection = Connection.all.at(-1)
    connection?.open()
    connection?.send(flvHeader({ audio: true, video: true }))
    await advance(0)
    connection?.send(audioConfigTag(0, new Uint8Array([0x11, 0x90])))
    // The stream's other track may arrive meanwhile.
    await advance(300)
    fails(type, 'a detail')
    await advance(RETRY_DELAY)
  }
  expect(codes.filter((code) => code === RETRYING)).toHaveLength(2)
  expect(logged.mock.calls).toEqual([['The player stops: MediaError: a detail']])
})

test('audio that cannot be decoded: the video continues without it; video that cannot be decoded is retried, then fails', async () => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined)
  player.start('rtmp://host/live/1-2')
  const tracks: unknown[] = []
  for (let attempt = 1; attempt <= 5; attempt++) {
    await advance(0)
    const connection = Connection.all.at(-1)
    connection?.open()
    connection?.send(flvHeader({ audio: true, video: true }))
    connection?.send(audioConfigTag(0, new Uint8Array([0x11, 0x90])))
    connection?.send(videoConfigTag(0, new Uint8Array([1, 0x42, 0xc0, 0x1f, 0xff])))
    await advance(300)
    const [source] = createPlayer.mock.lastCall ?? []
    tracks.push([source?.hasAudio, source?.hasVideo])
    fails(mpegts.ErrorTypes.MEDIA_ERROR, 'a detail')
    await advance(RETRY_DELAY)
  }
  expect(tracks).toEqual([[true, true], ...Array.from({ length: 4 }, () => [false, true])])
  expect(codes.filter((code) => ![2001, 2002].includes(code))).toEqual([2102, RETRYING, RETRYING, RETRYING, GAVE_UP])
})
