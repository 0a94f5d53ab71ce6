import type { PictureQuality } from '../../services/settings'

/** Video settings of live-pusher: kbps, and px in portrait. */
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

/** The settings of a quality level; standard for unknown ones. */
export function pictureSize(quality: string): PictureSize {
  return quality === 'smooth' || quality === 'high' ? SIZES[quality] : SIZES.standard
}
