import type { PictureQuality } from '../../services/settings'

/** What live-pusher is told of its picture: kbps and px, upright. */
export interface PictureSize {
  minBitrate: number
  maxBitrate: number
  width: number
  height: number
}

const SIZES: Record<PictureQuality, PictureSize> = {
  smooth: { minBitrate: 100, maxBitrate: 400, width: 288, height: 512 },
  standard: { minBitrate: 200, maxBitrate: 1000, width: 360, height: 640 },
  high: { minBitrate: 600, maxBitrate: 2000, width: 720, height: 1280 },
}

/** The picture of a quality; an unknown one is standard. */
export function pictureSize(quality: string): PictureSize {
  return quality === 'smooth' || quality === 'high' ? SIZES[quality] : SIZES.standard
}
