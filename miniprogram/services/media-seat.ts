/**
 * Who holds the call's pusher and player: one place at a time, because a phone has one microphone and one camera. The
 * call page holds them while it is open; when it is left, the banner of the page below goes on with them.
 */
export class MediaSeat {
  private readonly waiting: Array<() => void> = []

  /** Calls back when the seat is free for the asker, not at once; the answer gives it up, or the wish for it. */
  take(granted: () => void): () => void {
    this.waiting.push(granted)
    if (this.waiting.length === 1) void this.grant()
    return () => {
      const place = this.waiting.indexOf(granted)
      if (place < 0) return
      this.waiting.splice(place, 1)
      if (place === 0) void this.grant()
    }
  }

  /** The last holder's pusher and player leave the screen first. */
  private async grant(): Promise<void> {
    const [next] = this.waiting
    await Promise.resolve()
    if (next && this.waiting[0] === next) next()
  }
}
