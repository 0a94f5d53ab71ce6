/** Runs in a phone of the preview: what its players show. */

export interface Watched {
  width: number
  height: number
  /** Decoded frames, including those too late to be shown. */
  decoded: number
  shown: number
  /** Intervals between shown frames, ms; the first and last ones count from and to the ends of the measurement. */
  gaps: number[]
  /** Number of stalls. */
  waits: number
}

const videos = (): HTMLVideoElement[] => [...document.querySelectorAll<HTMLVideoElement>('wx-live-player video')]

/** Number of players that show video. */
export const playing = (): number =>
  videos().filter(({ videoWidth, readyState }) => videoWidth > 0 && readyState >= 2).length

/** Watches all current players for `duration` ms. */
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
