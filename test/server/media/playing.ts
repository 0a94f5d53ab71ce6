/** How a stream plays after the relay, measured by its frames' times. */
import type { Track } from '../../../server/media/tracks'
import type { ModelFrame } from '../recording/clock/stream-model'

/** `time`: its timestamp at players, ms. */
type PlayedFrame = ModelFrame & { time: number }

export const isAudio = ({ track }: ModelFrame): boolean => track === 'audio'
export const isVideo = ({ track }: ModelFrame): boolean => track === 'video'
const longest = (values: number[]): number =>
  values.reduce((most, at, index) => Math.max(most, at - (values[index - 1] ?? at)), 0)
export const largest = (values: number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value || 0)), 0)

const mean = ({ sum, frames }: { sum: number; frames: number }): number => sum / frames

/**
 * `apart`: distance of audio and video received in one second compared to their capture, per second, ms. `still`: how long a track stood
 * still although its frames arrived; `leap`: its largest step beyond the elapsed time; ms.
 */
export function measure(all: readonly PlayedFrame[]) {
  const sums: Record<Track, { sum: number; frames: number }>[] = []
  for (const { track, arrived, time, truth } of all) {
    const second = (sums[Math.floor(arrived / 1000)] ??= { audio: { sum: 0, frames: 0 }, video: { sum: 0, frames: 0 } })
    second[track].sum += time - truth
    second[track].frames++
  }
  const apart = Array.from(sums, (second) => (second ? mean(second.video) - mean(second.audio) : NaN))
  let [still, leap] = [0, 0]
  for (const which of [isAudio, isVideo]) {
    const own = all.filter(which)
    const moves = own.filter(({ time }, at) => at === 0 || time > (own[at - 1]?.time ?? 0))
    still = Math.max(still, longest(moves.map(({ arrived }) => arrived)) - longest(own.map(({ arrived }) => arrived)))
    own.forEach(({ time, arrived }, at) => {
      const before = own[at - 1]
      if (before) leap = Math.max(leap, time - before.time - (arrived - before.arrived))
    })
  }
  return { apart, still, leap }
}

/** Seconds in which audio and video are out of step, from an event on. */
export const untilTogether = (apart: readonly number[], from: number): number =>
  apart.findLastIndex((ms) => Math.abs(ms) > 150) + 1 - from
