import type { MediaEngine } from './run'

/** A live-pusher or live-player, whose URL is set in the template. */
interface Native {
  /** Sets the URL in the template and calls back when it is rendered. */
  show(url: string, shown: () => void): void
  /** Creates its context; called once, after rendering. */
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
      // The context exists, and has the URL, once this is rendered; the engine may be closed by then.
      native.show(url, () => {
        if (wanted !== url) return
        context ??= native.context()
        context.start()
      })
    },
    stop() {
      wanted = ''
      // During detachment the native component may be gone already; it has then stopped by itself.
      context?.stop({ fail() {} })
    },
  }
}
