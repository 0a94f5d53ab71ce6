/**
 * In a real browser: publishing and playing with the codes that a mini-program lives by, and the way a change in the
 * sources reaches the phone.
 * @jest-environment node
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../e2e/support/browser'
import { until } from '../support/until'

jest.setTimeout(90_000)

const ROOT = path.resolve(__dirname, '../..')
interface Place {
  url: string
  push: string
  play: string
}
let sources: string
let server: ChildProcess
let place: Place
let browser: Browser
let page: Page

beforeAll(async () => {
  sources = mkdtempSync(path.join(tmpdir(), 'media-fixture-'))
  cpSync(path.join(__dirname, 'media-fixture'), sources, { recursive: true })
  const script = path.join(__dirname, 'support/media-server.ts')
  server = spawn(process.execPath, ['--import', 'tsx', script, sources], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  place = await new Promise<Place>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    if (server.stdout) createInterface(server.stdout).once('line', (line) => resolve(JSON.parse(line)))
  })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  server.removeAllListeners('exit')
  await new Promise((resolve) => {
    server.once('exit', resolve)
    server.stdin?.end()
  })
  rmSync(sources, { recursive: true, force: true })
})
afterEach(() => page.close())

async function open(query = 'camera=blue&tone=500'): Promise<void> {
  page = await browser.newPage({ viewport: { width: 375, height: 740 } })
  await page.goto(`${place.url}/phone.html?account=tester&${query}`)
  await page.waitForSelector('#word')
}
/** The mini-program's page on top. */
const top = () =>
  page.evaluateHandle(() => {
    const pages: PageOnTop[] = Reflect.apply(Reflect.get(globalThis, 'getCurrentPages'), null, [])
    const [page] = pages
    if (!page) throw new Error('no page')
    return page
  })
/** Runs in the phone with that page. */
async function inPage<T>(run: (top: PageOnTop) => T): Promise<T> {
  const handle = await top()
  return handle.evaluate(run)
}
interface PageOnTop {
  setData(data: object, done?: () => void): void
  startPusher(): void
  startPlayer(): void
  pusherCodes: number[]
  playerCodes: number[]
  pusherNet: Record<string, number>
  playerNet: Record<string, number>
}
async function set(data: object): Promise<void> {
  const handle = await top()
  await handle.evaluate((page, change) => page.setData(change), data)
}
const pusherCodes = () => inPage((page) => page.pusherCodes)
const playerCodes = () => inPage((page) => page.playerCodes)
const told = (codes: () => Promise<number[]>, ...wanted: number[]) =>
  until(async () => {
    const got = await codes()
    return wanted.every((code) => got.includes(code))
  }, `codes ${wanted.join()}`)

async function publish(data: object = {}): Promise<void> {
  await set({ push: place.push, pushing: true, ...data })
  await inPage((page) => page.startPusher())
  await told(pusherCodes, 1001, 1002)
}
async function play(): Promise<void> {
  await set({ play: place.play, playing: true })
  await inPage((page) => page.startPlayer())
}
const video = () =>
  page.evaluate(() => {
    const player = document.querySelector<HTMLVideoElement>('wx-live-player video')
    return { width: player?.videoWidth ?? 0, time: player?.currentTime ?? 0 }
  })

/** How far the player is behind what it has received, s. */
const lag = () =>
  page.evaluate(() => {
    const player = document.querySelector<HTMLVideoElement>('wx-live-player video')
    const length = player?.buffered.length ?? 0
    return player && length > 0 ? player.buffered.end(length - 1) - player.currentTime : 0
  })
const pause = (paused: boolean) =>
  page.evaluate((paused) => {
    const player = document.querySelector<HTMLVideoElement>('wx-live-player video')
    if (paused) player?.pause()
    else void player?.play()
  }, paused)

test('publishes picture and sound, plays them, and tells the codes of both', async () => {
  await open()
  await publish()
  await told(pusherCodes, 1003, 1005, 1007, 1008)
  await play()
  await told(playerCodes, 2001, 2002, 2003, 2004, 2009, 2032)
  expect((await video()).width).toBe(360)
  await until(() => inPage((page) => (page.pusherNet['videoFPS'] ?? 0) > 5), 'the pusher’s netstatus')
  await until(() => inPage((page) => (page.playerNet['audioBitrate'] ?? 0) > 5), 'the player’s netstatus')
  expect(await inPage((page) => page.pusherNet)).toMatchObject({
    videoWidth: 360,
    videoHeight: 640,
    videoGOP: 1,
  })
})

test('who fell behind comes back close to live', async () => {
  await open()
  await publish()
  await play()
  await told(playerCodes, 2032)
  await pause(true)
  await until(async () => (await lag()) > 2, 'the player to be behind')
  await pause(false)
  await until(async () => (await lag()) < 0.35, 'the player to be close to live', 5_000)
})

test('the camera goes off with its light, the sound goes on; elements that go leave nothing running', async () => {
  await open()
  await page.evaluate(() => {
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
    page.evaluate(() => {
      const tracks: unknown = Reflect.get(globalThis, 'tracks')
      if (!Array.isArray(tracks)) return []
      return tracks.flatMap((track: MediaStreamTrack) => (track.readyState === 'live' ? [track.kind] : []))
    })
  await publish()
  await play()
  await told(playerCodes, 2004)
  expect((await live()).toSorted()).toEqual(['audio', 'video'])
  await set({ camera: false })
  await until(async () => (await live()).join() === 'audio', 'the camera to be off')
  const { time } = await video()
  await until(async () => (await video()).time > time + 4, 'the sound to go on')
  await set({ camera: true })
  await until(async () => (await live()).length === 2, 'the camera to be on again')
  await set({ pushing: false, playing: false })
  await until(async () => (await live()).length === 0, 'everything to be off')
  expect(
    await page.evaluate(() => {
      const phone: unknown = Reflect.get(globalThis, '__phone')
      const { pushers, players } = Object(phone)
      return [pushers.size, players.size]
    }),
  ).toEqual([0, 0])
})

test('a call that begins with sound alone gets its picture when the camera is turned on', async () => {
  await open()
  await publish({ camera: false })
  await play()
  await told(playerCodes, 2004)
  expect((await video()).width).toBe(0)
  await set({ camera: true })
  await until(async () => (await video()).width === 360, 'the picture')
})

test('a broken link is told and mended by both sides', async () => {
  await open()
  await publish()
  await play()
  await told(playerCodes, 2004)
  const before = (await pusherCodes()).length
  server.stdin?.write('drop\n')
  await told(pusherCodes, 1102)
  await told(playerCodes, 2103)
  await until(async () => (await pusherCodes()).slice(before).includes(1002), 'the pusher to be back')
  await until(
    async () => (await playerCodes()).lastIndexOf(2004) > (await playerCodes()).lastIndexOf(2103),
    'the player to be back',
  )
})

test('a player whose publisher leaves tries again, then gives up', async () => {
  await open()
  await publish()
  await play()
  await told(playerCodes, 2004)
  await set({ pushing: false })
  await until(async () => (await playerCodes()).includes(-2301), 'the player to give up', 40_000)
  const tries = (await playerCodes()).filter((code) => code === 2103 || code === -2301)
  expect(tries.slice(-4)).toEqual([2103, 2103, 2103, -2301])
})

test('a refused camera is told, and the sound goes out all the same', async () => {
  await open('tone=500&refuse=camera')
  await publish()
  await told(pusherCodes, 10001)
  await play()
  await told(playerCodes, 2004)
})

test('a change in the sources shows by itself, a mistake shows with its place', async () => {
  await open()
  const template = path.join(sources, 'pages/media/media.wxml')
  writeFileSync(template, '<view id="word">after</view>')
  await page.getByText('after').waitFor()
  // styles alone change without a new start
  await page.evaluate(() => Object.assign(globalThis, { stillHere: true }))
  for (const colour of ['rgb(1, 2, 3)', 'rgb(4, 5, 6)']) {
    writeFileSync(path.join(sources, 'app.wxss'), `#word { color: ${colour}; }`)
    const shown = () => page.evaluate(() => getComputedStyle(document.querySelector('#word') ?? document.body).color)
    await until(async () => (await shown()) === colour, 'the new colour')
  }
  expect(await page.evaluate(() => Reflect.get(globalThis, 'stillHere'))).toBe(true)
  writeFileSync(template, '<view id="word">\n  {{ oops </view>')
  const overlay = page.locator('vite-error-overlay')
  await overlay.waitFor()
  expect(await overlay.evaluate((node) => node.shadowRoot?.textContent ?? '')).toContain('pages/media/media.wxml:2:')
  writeFileSync(template, '<view id="word">mended</view>')
  await page.getByText('mended').waitFor()
})
