/** Runs inside a phone of the preview: what all of its players show. */

export interface Watched {
  width: number
  height: number
  /** Pictures that the player decoded, those that came too late to be shown included. */
  decoded: number
  shown: number
  /** ms from each picture shown to the next; the first and the last count from and to the ends of the time watched. */
  gaps: number[]
  /** How often it had nothing to play and waited. */
  waits: number
}

const videos = (): HTMLVideoElement[] => [...document.querySelectorAll<HTMLVideoElement>('wx-live-player video')]

/** How many players show a picture. */
export const playing = (): number =>
  videos().filter(({ videoWidth, readyState }) => videoWidth > 0 && readyState >= 2).length

/** Watches every player that is there now, for `duration` ms. */
export function watchPlayers(duration: number): Promise<Watched[]> {
  return Promise.all(videos().map((video) => watchOne(video, duration)))
}

async function watchOne(video: HTMLVideoElement, duration: number): Promise<Watched> {
  const decodedBefore = video.getVideoPlaybackQuality().totalVideoFrames
  const gaps: number[] = []
  let before = performance.now()
  let waits = 0
  let over = false
  const wait = (): void => void waits++
  video.addEventListener('waiting', wait)
  const next = (): void => {
    video.requestVideoFrameCallback((now) => {
      if (over) return
      gaps.push(now - before)
      before = now
      next()
    })
  }
  next()
  await new Promise((resolve) => setTimeout(resolve, duration))
  over = true
  video.removeEventListener('waiting', wait)
  const shown = gaps.length
  gaps.push(performance.now() - before)
  const decoded = video.getVideoPlaybackQuality().totalVideoFrames - decodedBefore
  return { width: video.videoWidth, height: video.videoHeight, decoded, shown, gaps, waits }
}
