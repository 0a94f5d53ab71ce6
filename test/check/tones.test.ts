/** The tones in the package are the script's output, and sound right. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')
const TONES = join(ROOT, 'miniprogram/assets/tones')
const NAMES = ['ring', 'ring-back'] as const
const HEADER = 44
const RATE = 8_000

/** Samples from -1 to 1 of a mono WAVE file of 8 bits. */
function samples(name: string): number[] {
  const file = readFileSync(join(TONES, `${name}.wav`))
  const [format, channels, rate, bits] = [
    file.readUInt16LE(20),
    file.readUInt16LE(22),
    file.readUInt32LE(24),
    file.readUInt16LE(34),
  ]
  expect({ format, channels, rate, bits }).toEqual({ format: 1, channels: 1, rate: RATE, bits: 8 })
  expect(file.subarray(0, 4).toString() + file.subarray(8, 16).toString()).toBe('RIFFWAVEfmt ')
  expect([file.readUInt32LE(4), file.readUInt32LE(40)]).toEqual([file.length - 8, file.length - HEADER])
  return [...file.subarray(HEADER)].map((byte) => (byte - 128) / 127)
}
function peak(part: number[]): number {
  return Math.max(...part.map(Math.abs))
}
/** Strength of a pitch in a part: near 1 for a pure tone, near 0 for others. */
function share(part: number[], pitch: number): number {
  const angle = (2 * Math.PI * pitch) / RATE
  const real = part.reduce((sum, sample, index) => sum + sample * Math.cos(angle * index), 0)
  const imaginary = part.reduce((sum, sample, index) => sum + sample * Math.sin(angle * index), 0)
  const energy = part.reduce((sum, sample) => sum + sample * sample, 0)
  return (2 * (real ** 2 + imaginary ** 2)) / (part.length * energy)
}
/** Duration of a tone, s. */
function cut(tone: number[], from: number, to: number): number[] {
  return tone.slice(from * RATE, to * RATE)
}

test('the script generates exactly the bytes in the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tones-'))
  execFileSync(process.execPath, [join(ROOT, 'scripts/make-tones.mjs'), folder])
  const sizes = NAMES.map((name) => {
    const made = readFileSync(join(folder, `${name}.wav`))
    expect(made.equals(readFileSync(join(TONES, `${name}.wav`)))).toBe(true)
    return made.length
  })
  rmSync(folder, { recursive: true })
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(20 * 1024)
})

test('the ringback tone is one second of one quiet tone', () => {
  const tone = samples('ring-back')
  expect(tone).toHaveLength(RATE)
  expect(peak(tone)).toBeCloseTo(0.35, 1)
  expect(peak(cut(tone, 0.4, 0.45))).toBeCloseTo(0.35, 1)
  expect(share(tone, 425)).toBeGreaterThan(0.95)
  expect(share(tone, 440)).toBeLessThan(0.05)
})

test('the ring tone has two loud notes, the second a fourth higher', () => {
  const ring = samples('ring')
  const [first, second] = [cut(ring, 0, 0.4), cut(ring, 0.4, 1.1)]
  expect(ring).toHaveLength(first.length + second.length)
  expect(peak(first)).toBeGreaterThan(0.6)
  expect(peak(second)).toBeGreaterThan(0.6)
  expect(peak(ring)).toBeLessThan(0.8)
  expect(share(cut(ring, 0, 0.2), 784)).toBeGreaterThan(0.9)
  expect(share(cut(ring, 0.4, 0.6), 1046.5)).toBeGreaterThan(0.9)
})

test.each(NAMES)('%s begins and ends in silence', (name) => {
  const tone = samples(name)
  for (const edge of [tone.slice(0, 8), tone.slice(-8)]) expect(peak(edge)).toBeLessThan(0.03)
  // The maximum step between samples of a pure tone of these pitches.
  const leaps = tone.slice(1).map((sample, index) => Math.abs(sample - (tone[index] ?? 0)))
  expect(Math.max(...leaps)).toBeLessThan(2 * Math.PI * (1046.5 / RATE) * 0.75)
})
