const FIRST = 1 << 10

/** A growing list of numbers, 8 bytes each, without the garbage of a large array. */
export class Column {
  private numbers = new Float64Array(FIRST)
  private filled = 0

  get length(): number {
    return this.filled
  }

  /** The current numbers; invalid after more are added. */
  get values(): Float64Array {
    return this.numbers.subarray(0, this.filled)
  }

  push(value: number): void {
    if (this.filled === this.numbers.length) this.grow()
    this.numbers[this.filled++] = value
  }

  /** Negative indices count from the end. */
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
