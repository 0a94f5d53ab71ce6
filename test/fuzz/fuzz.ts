import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Chance } from '../support/random'
import type { Parser } from './parsers'

/** Inputs worth keeping, as hexadecimal text: a folder for each parser. */
export const CORPUS = join(process.cwd(), 'test/fuzz/corpus')

export interface Fault {
  input: Buffer
  error: unknown
}

export function corpusOf(name: string): Buffer[] {
  const folder = join(CORPUS, name)
  return readdirSync(folder)
    .sort()
    .map((file) => Buffer.from(readFileSync(join(folder, file), 'latin1').replaceAll(/\s/g, ''), 'hex'))
}

/** Tries `count` inputs: of the corpus, built by the grammar, and either of them changed by chance. Gives the first fault, or null. */
export function fuzz(parser: Parser, corpus: readonly Buffer[], chance: Chance, count: number): Fault | null {
  for (let at = 0; at < count; at++) {
    const input = draw(parser, corpus, chance)
    const error = faultOf(parser, input, chance)
    if (error !== null) return { input, error }
  }
  return null
}

/** What the parser threw at an input, fed in pieces of any size; null for nothing. */
export function faultOf(parser: Parser, input: Buffer, chance: Chance): unknown {
  try {
    parser.parse(split(input, chance))
    return null
  } catch (error) {
    return error
  }
}

function draw(parser: Parser, corpus: readonly Buffer[], chance: Chance): Buffer {
  const known = corpus[chance.below(corpus.length)]
  const base = known && chance.below(3) === 0 ? known : parser.make(chance)
  let input = base
  for (let changes = chance.below(5); changes > 0; changes--) input = changed(input, chance, known ?? base)
  return input
}

/** One change: bits, bytes, lengths, and parts left out, repeated or taken from elsewhere. */
function changed(input: Buffer, chance: Chance, other: Buffer): Buffer {
  const at = chance.below(input.length + 1)
  const part = (of: Buffer): Buffer => {
    const from = chance.below(of.length + 1)
    return of.subarray(from, from + chance.below(32))
  }
  const put = (bytes: Buffer, over: number): Buffer =>
    Buffer.concat([input.subarray(0, at), bytes, input.subarray(Math.min(input.length, at + over))])
  switch (chance.below(6)) {
    case 0:
      return put(Buffer.from([(input[at] ?? 0) ^ (1 << chance.below(8))]), 1)
    case 1:
      return put(Buffer.from([chance.of([0, 1, 127, 128, 255])]), 1)
    case 2:
      return put(Buffer.alloc(0), chance.below(16))
    case 3:
      return put(part(input), 0)
    case 4:
      return put(part(other), chance.below(16))
    default:
      return input.subarray(0, at)
  }
}

function split(input: Buffer, chance: Chance): Buffer[] {
  if (chance.below(2) === 0) return [input]
  const pieces: Buffer[] = []
  for (let at = 0; at < input.length;) {
    const size = 1 + chance.below(chance.below(2) === 0 ? 8 : 200)
    pieces.push(input.subarray(at, at + size))
    at += size
  }
  return pieces
}
