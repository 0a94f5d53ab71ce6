/** Runs tasks one after the other, so that many calls that end together leave enough of the machine to running calls. */
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve()

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(task, task)
    this.last = result.catch(() => undefined)
    return result
  }
}
