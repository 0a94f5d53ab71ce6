interface Owner {
  revoked: () => void
}

/**
 * The owner of pusher and players of the call or room: one at a time, because a phone has one microphone and one camera. The last request
 * wins: the call's page when it opens, and after that the banner of the visible page.
 */
export class MediaOwner {
  private owner: Owner | null = null

  /** Whether a page shows pusher and players, or is about to. */
  get isOwned(): boolean {
    return this.owner !== null
  }

  /**
   * Requests ownership: calls back when it is free, asynchronously, because the last owner's pusher and player are removed first; `revoked`
   * when another owner requests it. Returns the release function.
   */
  acquire(granted: () => void, revoked: () => void = () => {}): () => void {
    const mine: Owner = { revoked }
    const last = this.owner
    this.owner = mine
    last?.revoked()
    void this.grant(mine, granted)
    return () => {
      if (this.owner === mine) this.owner = null
    }
  }

  private async grant(owner: Owner, granted: () => void): Promise<void> {
    await Promise.resolve()
    if (this.owner === owner) granted()
  }
}
