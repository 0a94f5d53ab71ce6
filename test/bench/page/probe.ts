/**
 * Runs inside a phone of the preview and looks at the clock: when the finger was lifted, when something could be seen, when a
 * frame of the other side was shown and how old it was. All times are `Date.now()`: the phones share one browser, so one clock.
 */
import { ageOf, readStamp } from '../../../preview/media/stamp'

export { recordClip } from './clip'
export { dataSets } from './data-sets'
export { playing, watchPlayers } from './players'

export interface Playback {
  /** ms of each frame shown, from being drawn by the other phone's camera to being shown here. */
  ages: number[]
  /** ms from each frame shown to the next. */
  gaps: number[]
  /** How often the player had nothing to play and waited. */
  waits: number
  /** Frames whose stamp could not be read. */
  unreadable: number
}

export interface PictureAfter {
  /** When the first frame was shown, with nothing in front of it, that the other phone's camera drew afterwards. */
  shownAt: number
  /** The longest time from one such frame to the next, ms. */
  longestStill: number
}

/** The stamp's blocks stay whole numbers of pixels in a picture of this size. */
const SMALL = { width: 96, height: 168 }

let liftedAt = 0
window.addEventListener('pointerup', () => (liftedAt = Date.now()), { capture: true })

/** When the finger was last lifted off this phone. */
export const lastTap = (): number => liftedAt

/** When the first frame with this element in it was about to be painted. */
export async function shown(selector: string): Promise<number> {
  for (;;) {
    await nextFrame()
    const element = document.querySelector(selector)
    if (element?.checkVisibility()) return Date.now()
  }
}

/** When the first frame of the other side's camera was shown: one whose stamp can be read. */
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

/** Waits for the other side's picture after a loss; `time`: when it ended, `watched`: for how long to look on afterwards, ms. */
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

/** The next frame that is presented; `shownAt`: when the browser expects it on the screen. */
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
