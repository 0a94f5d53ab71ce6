import type { Beauty } from '../../services/settings'

/** live-pusher's `beauty` and `whiteness`, 0..9. */
interface Smoothing {
  beauty: number
  whiteness: number
}

const LEVELS: Record<Beauty, Smoothing> = {
  off: { beauty: 0, whiteness: 0 },
  soft: { beauty: 4, whiteness: 2 },
  strong: { beauty: 8, whiteness: 4 },
}

/** Unknown levels are off. */
export function smoothing(beauty: string): Smoothing {
  return beauty === 'soft' || beauty === 'strong' ? LEVELS[beauty] : LEVELS.off
}
