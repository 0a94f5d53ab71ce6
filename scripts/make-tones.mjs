/**
 * Generates the ring tones, so that the package has no foreign audio: `node scripts/make-tones.mjs [folder]`. Deterministic; 8 bits and 8
 * kHz to keep the package small.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RATE = 8_000
/** Fade in and out of each note, to avoid clicks. Seconds. */
const EDGE = 0.012
const HEADER = 44

/** @typedef {{ pitch: number, level: number, seconds: number, fade?: number }} Note pitch in Hz, level 0..1, fade: how fast it dies away */

/** @type {Record<string, Note[]>} */
const TONES = {
  // Two notes a fourth apart, like bells.
  ring: [
    { pitch: 784, level: 0.7, seconds: 0.4, fade: 3 },
    { pitch: 1046.5, level: 0.7, seconds: 0.7, fade: 4 },
  ],
  'ring-back': [{ pitch: 425, level: 0.35, seconds: 1 }],
}

/** @param {Note} note */
function play({ pitch, level, seconds, fade = 0 }) {
  return Array.from({ length: Math.round(seconds * RATE) }, (_, index) => {
    const time = index / RATE
    const edge = Math.min(1, time / EDGE, (seconds - time) / EDGE)
    const softly = (1 - Math.cos(Math.PI * edge)) / 2
    return level * softly * Math.exp(-fade * time) * Math.sin(2 * Math.PI * pitch * time)
  })
}

/** A WAVE file, mono; its bytes lie around 128. @param {number[]} samples from -1 to 1 */
function wave(samples) {
  const file = Buffer.alloc(HEADER + samples.length)
  file.write('RIFF', 0)
  file.writeUInt32LE(file.length - 8, 4)
  file.write('WAVEfmt ', 8)
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20) // PCM
  file.writeUInt16LE(1, 22) // channels
  file.writeUInt32LE(RATE, 24)
  file.writeUInt32LE(RATE, 28) // bytes a second
  file.writeUInt16LE(1, 32) // bytes a frame
  file.writeUInt16LE(8, 34) // bits a sample
  file.write('data', 36)
  file.writeUInt32LE(samples.length, 40)
  for (const [index, sample] of samples.entries()) file.writeUInt8(128 + Math.round(sample * 127), HEADER + index)
  return file
}

const folder = process.argv[2] ?? fileURLToPath(new URL('../miniprogram/assets/tones', import.meta.url))
mkdirSync(folder, { recursive: true })
for (const [name, notes] of Object.entries(TONES)) {
  writeFileSync(join(folder, `${name}.wav`), wave(notes.flatMap((note) => play(note))))
}
