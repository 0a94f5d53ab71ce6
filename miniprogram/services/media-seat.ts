interface Holder {
  revoked: () => void
}

/**
 * Who holds the pusher and the players of the call or room: one place at a time, because a phone has one microphone and
 * one camera. Whoever asks last has them: its page when it opens, and when it is left the banner of the page that is seen
 * then.
 */
export class MediaSeat {
  private holder: Holder | null = null

  /**
   * Takes the seat: calls back when it is free, not at once, because the last holder's pusher and player leave the screen
   * first; `revoked` when another has taken it. The answer gives it up.
   */
  take(granted: () => void, revoked: () => void = () => {}): () => void {
    const mine: Holder = { revoked }
    const last = this.holder
    this.holder = mine
    last?.revoked()
    void this.grant(mine, granted)
    return () => {
      if (this.holder === mine) this.holder = null
    }
  }

  private async grant(holder: Holder, granted: () => void): Promise<void> {
    await Promise.resolve()
    if (this.holder === holder) granted()
  }
}
