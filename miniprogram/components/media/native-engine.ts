import type { MediaEngine } from './run'

/** A live-pusher or live-player, which takes its URL from the template. */
interface Native {
  /** Puts the URL into the template and calls back when it is on the screen. */
  show(url: string, shown: () => void): void
  /** What commands it; asked for once, when it is on the screen. */
  context(): { start(): void; stop(options: { fail(): void }): void }
  /** See `MediaEngine`. */
  rest: number
}

export function nativeEngine(native: Native): MediaEngine {
  let context: ReturnType<Native['context']> | null = null
  let wanted = ''
  return {
    rest: native.rest,
    start(url) {
      wanted = url
      // The context exists, and knows the URL, once this is on the screen; it may be too late by then.
      native.show(url, () => {
        if (wanted !== url) return
        context ??= native.context()
        context.start()
      })
    },
    stop() {
      wanted = ''
      // On the way out the native component may be gone before us: it has then stopped by itself.
      context?.stop({ fail() {} })
    },
  }
}
