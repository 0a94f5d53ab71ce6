/**
 * `npm run fuzz`: fuzzes the parsers for `SECONDS` (60) from a `SEED`; a failing input is written into the corpus, which `npm test` runs.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Chance } from '../support/random'
import { CORPUS, corpusOf, fuzz } from './fuzz'
import { PARSERS, type ParserName } from './parsers'

const BATCH = 500
const seconds = Number(process.env['SECONDS'] ?? 60)
const seed = process.env['SEED'] === undefined ? Date.now() % 1_000_000 : Number(process.env['SEED'])

function isParser(name: string): name is ParserName {
  return Object.hasOwn(PARSERS, name)
}

function main(): number {
  const names = Object.keys(PARSERS).filter(isParser)
  const tried = new Map(names.map((name) => [name, 0]))
  const end = performance.now() + seconds * 1_000
  for (let batch = 0; performance.now() < end; batch++) {
    for (const name of names) {
      const fault = fuzz(PARSERS[name], corpusOf(name), new Chance(seed + batch), BATCH)
      if (fault) {
        const hex = fault.input.toString('hex')
        const path = join(CORPUS, name, `fault-${createHash('md5').update(hex).digest('hex').slice(0, 8)}.hex`)
        writeFileSync(path, `${hex}\n`)
        process.stderr.write(
          `${name}: ${fault.error instanceof Error ? fault.error.stack : String(fault.error)}\nThe input is in ${path}\n`,
        )
        return 1
      }
      tried.set(name, (tried.get(name) ?? 0) + BATCH)
    }
  }
  const counts = [...tried].map(([name, count]) => `${name} ${count}`).join(', ')
  process.stdout.write(`No fault in ${seconds} s (SEED=${seed}): ${counts} inputs.\n`)
  return 0
}

process.exitCode = main()
