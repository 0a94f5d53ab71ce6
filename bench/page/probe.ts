/**
 * Runs in a phone of the preview and takes times: when a tap ended, when something was visible, when a frame of the peer was shown and how
 * old it was. All times are `Date.now()`: the phones share one browser, so one clock.
 */
import { ageOf, readStamp } from '../../preview/media/stamp'

export { recordClip } from './clip'
export { dataSets } from './data-sets'
export { playing, watchPlayers } from './players'

export interface Playback {
  /** Age of each shown frame, from the drawing by the other phone's camera, ms. */
  ages: number[]
  /** Intervals between shown frames, ms. */
  gaps: number[]
  /** Number of stalls. */
  waits: number
  /** Frames with an unreadable timestamp. */
  unreadable: number
}

export interface PictureAfter {
  /** When the first uncovered frame drawn afterwards was shown. */
  shownAt: number
  /** The longest interval between such frames, ms. */
  longestStill: number
}

/** A size at which the timestamp's blocks are whole pixels. */
const SMALL = { width: 96, height: 168 }

let liftedAt = 0
window.addEventListener('pointerup', () => (liftedAt = Date.now()), { capture: true })

/** When the last tap on this phone ended. */
export const lastTap = (): number => liftedAt

/** When the first frame with this element was about to be painted. */
export async function shown(selector: string): Promise<number> {
  for (;;) {
    await nextFrame()
    const element = document.querySelector(selector)
    if (element?.checkVisibility()) return Date.now()
  }
}

/** When the first frame of the peer's camera with a readable timestamp was shown. */
export async function firstPicture(): Promise<number> {
  const video = await player()
  const read = stampReader(video)
  for (;;) {
    const { shownAt } = await nextPicture(video)
    if (read() !== null) return shownAt
  }
}

/** When the phone's network is back after a loss. */
export function networkReturn(): Promise<number> {
  const { faults } = window.__phone
  return new Promise((resolve) => {
    const look = (): void => {
      if (!faults.state.network) return
      faults.changes.remove(look)
      resolve(Date.now())
    }
    faults.changes.add(look)
  })
}

/** Waits for the peer's video after a loss; `time`: its end, `watched`: how long to continue watching, ms. */
export async function pictureAfter(time: number, watched: number): Promise<PictureAfter> {
  const video = await player()
  const read = stampReader(video)
  const found: PictureAfter = { shownAt: 0, longestStill: 0 }
  for (let before = 0; before === 0 || before < found.shownAt + watched;) {
    const { shownAt } = await nextPicture(video)
    const stamp = read()
    if (stamp === null || shownAt - ageOf(stamp, shownAt) < time || document.querySelector('#cover')) continue
    if (before === 0) found.shownAt = shownAt
    else found.longestStill = Math.max(found.longestStill, shownAt - before)
    before = shownAt
  }
  return found
}

/** Watches the player for `duration` ms. */
export async function watch(duration: number): Promise<Playback> {
  const video = await player()
  const read = stampReader(video)
  const playback: Playback = { ages: [], gaps: [], waits: 0, unreadable: 0 }
  const wait = (): void => void playback.waits++
  video.addEventListener('waiting', wait)
  const end = Date.now() + duration
  let before: number | null = null
  while (Date.now() < end) {
    const { shownAt } = await nextPicture(video)
    if (before !== null) playback.gaps.push(shownAt - before)
    before = shownAt
    const stamp = read()
    if (stamp === null) playback.unreadable++
    else playback.ages.push(ageOf(stamp, shownAt))
  }
  video.removeEventListener('waiting', wait)
  return playback
}

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))

async function player(): Promise<HTMLVideoElement> {
  for (;;) {
    const video = document.querySelector<HTMLVideoElement>('wx-live-player video')
    if (video) return video
    await nextFrame()
  }
}

/** The next presented frame; `shownAt`: the browser's expected display time. */
function nextPicture(video: HTMLVideoElement): Promise<{ shownAt: number }> {
  return new Promise((resolve) =>
    video.requestVideoFrameCallback((now, { expectedDisplayTime }) =>
      resolve({ shownAt: Date.now() + Math.max(0, expectedDisplayTime - now) }),
    ),
  )
}

function stampReader(video: HTMLVideoElement): () => number | null {
  const canvas = Object.assign(document.createElement('canvas'), SMALL)
  const picture = canvas.getContext('2d', { willReadFrequently: true, alpha: false })
  if (!picture) throw new Error('this browser has no 2D canvas')
  const { width, height } = SMALL
  return () => {
    picture.drawImage(video, 0, 0, width, height)
    return readStamp(picture.getImageData(0, 0, width, height).data, width, height)
  }
}
