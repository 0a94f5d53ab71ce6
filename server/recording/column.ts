const FIRST = 1 << 10

/** A list of numbers that only grows. Takes 8 bytes a number, without the garbage of an array that grows by hundreds of thousands. */
export class Column {
  private numbers = new Float64Array(FIRST)
  private filled = 0

  get length(): number {
    return this.filled
  }

  /** The numbers so far; not to be kept while more are added. */
  get values(): Float64Array {
    return this.numbers.subarray(0, this.filled)
  }

  push(value: number): void {
    if (this.filled === this.numbers.length) this.grow()
    this.numbers[this.filled++] = value
  }

  /** Negative numbers count from the end. */
  at(index: number): number | undefined {
    const place = index < 0 ? this.filled + index : index
    return place < this.filled ? this.numbers[place] : undefined
  }

  private grow(): void {
    const grown = new Float64Array(2 * this.numbers.length)
    grown.set(this.numbers)
    this.numbers = grown
  }
}
