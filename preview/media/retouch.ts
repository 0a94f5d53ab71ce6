/** Video effects of a live-pusher: beauty, whiteness, mirror. */

export interface Look {
  /** A CSS filter, used for the local preview, too; `none` costs nothing. */
  filter: string
  /** Whether the sent video is mirrored. */
  mirrored: boolean
}
export const PLAIN: Look = { filter: 'none', mirrored: false }

const STRONGEST = 9
/** Maximum blur, px in a picture 360 px wide: smooths skin, keeps the face recognizable. */
const BLUR = 1.4
const BRIGHTEN = 0.22

/** `beauty` and `whiteness` from 0 to 9, as a CSS filter. */
export function lookFilter(beauty: number, whiteness: number): string {
  const [smooth, bright] = [beauty, whiteness].map((value) => Math.min(STRONGEST, Math.max(0, value)) / STRONGEST)
  const parts: string[] = []
  if (smooth) parts.push(`blur(${(smooth * BLUR).toFixed(2)}px)`)
  if (bright) parts.push(`brightness(${(1 + bright * BRIGHTEN).toFixed(3)})`)
  return parts.join(' ') || 'none'
}

export class Retouch {
  private canvas: OffscreenCanvas | null = null

  /** The processed frame; null if unchanged. The caller closes it. */
  apply(frame: VideoFrame, { filter, mirrored }: Look): VideoFrame | null {
    if (filter === 'none' && !mirrored) return null
    const { displayWidth: width, displayHeight: height } = frame
    if (this.canvas?.width !== width || this.canvas.height !== height) this.canvas = new OffscreenCanvas(width, height)
    const picture = this.canvas.getContext('2d', { alpha: false })
    if (!picture) return null
    picture.setTransform(mirrored ? -1 : 1, 0, 0, 1, mirrored ? width : 0, 0)
    picture.filter = filter
    picture.drawImage(frame, 0, 0, width, height)
    return new VideoFrame(this.canvas, { timestamp: frame.timestamp })
  }
}

/** A picture that fills a frame, for `waiting-image`. */
export function stillFrame(image: ImageBitmap, width: number, height: number, timestamp: number): VideoFrame | null {
  const canvas = new OffscreenCanvas(width, height)
  const picture = canvas.getContext('2d', { alpha: false })
  if (!picture) return null
  const scale = Math.max(width / image.width, height / image.height)
  const [w, h] = [image.width * scale, image.height * scale]
  picture.drawImage(image, (width - w) / 2, (height - h) / 2, w, h)
  return new VideoFrame(canvas, { timestamp })
}
