/** Detects who speaks from the streams' voice levels. */

/** Minimum level of a voice; 0..1. */
const VOICE = 0.1
/** Pauses up to this length belong to speech, ms. */
const PAUSE = 1_500

export class Speech {
  private readonly heard = new Map<string, number>()

  /** Whether the level is a voice; stores the time if so. */
  handle(key: string, level: number, now: number): boolean {
    if (level < VOICE) return false
    this.heard.set(key, now)
    return true
  }
  /** The time at which the member announced that it spoke, ms. */
  believe(key: string, spokeAt: number): void {
    if (spokeAt > this.spokeAt(key)) this.heard.set(key, spokeAt)
  }
  /** Whether the member speaks, short pauses included. */
  isSpeaking(key: string, now: number): boolean {
    const spokeAt = this.heard.get(key)
    return spokeAt !== undefined && now - spokeAt < PAUSE
  }
  /** When it was last heard, ms; 0 if never. */
  spokeAt(key: string): number {
    return this.heard.get(key) ?? 0
  }
  /** Drops all other members. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.heard.keys()) if (!keys.has(key)) this.heard.delete(key)
  }
}
