import type { AudioPacket, VideoPacket } from './packets'
import type { PlacedPublication } from './publication'
import { readPackets } from './spool-packets'

/** A frame with its number in the participant's whole recording, of its own track. */
export type Numbered = (AudioPacket | VideoPacket) & { number: number }

/** All frames of a participant, in the order in which they came; `break` where the next ones do not follow on the last. */
export async function* numberedPackets(
  publications: readonly PlacedPublication[],
): AsyncGenerator<Numbered | { kind: 'break' }> {
  const next = { audio: 0, video: 0 }
  for (const { publication } of publications) {
    yield { kind: 'break' }
    for (const path of publication.paths) {
      for await (const packet of readPackets(path)) {
        if (packet.kind === 'damage') yield { kind: 'break' }
        if (packet.kind === 'audio' || packet.kind === 'video') yield { ...packet, number: next[packet.kind]++ }
      }
    }
  }
}
