/** Maximum value from WeChat. */
const LOUDEST = 100

/** Voice level, 0..1, from an `audiovolumenotify` value. */
export function readLevel({ volume = 0 }: { volume?: number }): number {
  return Math.min(1, volume / LOUDEST)
}
