/** A single timer: starting it again replaces the earlier one. */
export class Timer {
  private handle: ReturnType<typeof setTimeout> | null = null

  start(delay: number, run: () => void): void {
    this.stop()
    this.handle = setTimeout(() => {
      this.handle = null
      run()
    }, delay)
  }

  stop(): void {
    if (this.handle !== null) clearTimeout(this.handle)
    this.handle = null
  }
}
