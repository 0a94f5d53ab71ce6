interface Publisher {
  /** Sends something that every client answers. */
  ask(): void
  gone(): void
}

/**
 * Detects a publisher that is gone. One that sends nothing is asked after half of the time: with camera and microphone off a phone may
 * send no frames, but it answers.
 */
export class PublisherWatch {
  private timer: NodeJS.Timeout | undefined
  private asked = false

  /** @param idleTime ms */
  constructor(
    private readonly idleTime: number,
    private readonly publisher: Publisher,
  ) {
    this.wait()
  }

  /** Something arrived. */
  heard(): void {
    if (this.asked) this.wait()
    else this.timer?.refresh()
  }

  end(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.asked = false
  }

  private wait(): void {
    clearTimeout(this.timer)
    this.asked = false
    this.timer = setTimeout(() => {
      this.asked = true
      this.timer = setTimeout(() => this.publisher.gone(), this.idleTime / 2)
      this.publisher.ask()
    }, this.idleTime / 2)
  }
}
