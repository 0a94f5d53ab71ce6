/** Reproducible random numbers by seed (mulberry32). */
export class Chance {
  constructor(private state: number) {}

  /** From `low`, below `high`. */
  between(low: number, high: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return low + (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (high - low)
  }

  /** A whole number below `count`. */
  below(count: number): number {
    return Math.floor(this.between(0, count))
  }

  of<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0]
  }
}

const given = process.env['SEED'] ?? '1'
/** The same in each run unless `SEED` is set: another number, or `random` for one that a failure prints. */
export const SEED = given === 'random' ? Date.now() % 1_000_000 : Number(given)
