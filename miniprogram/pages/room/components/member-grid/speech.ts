/** Who speaks, from how loud their streams are. */

/** From here on a voice counts; 0..1. */
const VOICE = 0.1
/** Between two words nobody has stopped speaking, ms. */
const PAUSE = 1_500

export class Speech {
  private readonly heard = new Map<string, number>()

  /** Whether so loud a stream is a voice, which is then remembered. */
  hear(key: string, level: number, now: number): boolean {
    if (level < VOICE) return false
    this.heard.set(key, now)
    return true
  }
  /** By its own word it spoke at that time, ms. */
  believe(key: string, spokeAt: number): void {
    if (spokeAt > this.spokeAt(key)) this.heard.set(key, spokeAt)
  }
  /** Whether it speaks, short pauses included. */
  isSpeaking(key: string, now: number): boolean {
    const spokeAt = this.heard.get(key)
    return spokeAt !== undefined && now - spokeAt < PAUSE
  }
  /** When it was last heard, ms; 0 for never. */
  spokeAt(key: string): number {
    return this.heard.get(key) ?? 0
  }
  /** Forgets everybody else. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.heard.keys()) if (!keys.has(key)) this.heard.delete(key)
  }
}
