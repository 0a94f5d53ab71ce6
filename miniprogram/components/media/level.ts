/** As loud as WeChat tells. */
const LOUDEST = 100

/** The loudness of a voice, 0..1, from what `audiovolumenotify` says. */
export function readLevel({ volume = 0 }: { volume?: number }): number {
  return Math.min(1, volume / LOUDEST)
}
