/** Who has a tile: those who are in the room and, for a moment, who has just left it. */
import type { RoomMember } from '../../../../room/state'

export interface Seat {
  member: RoomMember
  /** When it left, ms; null while it is there. */
  leftAt: number | null
}

/** Chosen to be large where nobody shall be. */
export const NOBODY = ''

export const keyOf = ({ member }: Seat): string => String(member.uid)

/**
 * Whose tile is large: who was chosen, else the first to come of those who are the main speaker by their own wish. Main
 * speakers see a grid themselves: they look at the others.
 */
export function largeOf(seats: readonly Seat[], chosen: string | null): string | null {
  if (chosen !== null) return chosen === NOBODY ? null : chosen
  const speaker = seats.find(({ member, leftAt }) => leftAt === null && member.recording.mainSpeaker)
  return speaker ? keyOf(speaker) : null
}

/** How long a tile says that its member has left, ms. */
export const LEFT_SHOWN = 2_500

/** The next seats. Whoever stays keeps its place; who comes again in time has its old one. */
export function nextSeats(seats: readonly Seat[], members: readonly RoomMember[], now: number): Seat[] {
  const present = new Map(members.map((member) => [member.uid, member]))
  const kept = seats.flatMap(({ member, leftAt }): Seat[] => {
    const there = present.get(member.uid)
    present.delete(member.uid)
    if (there) return [{ member: there, leftAt: null }]
    const left = leftAt ?? now
    return now - left < LEFT_SHOWN ? [{ member, leftAt: left }] : []
  })
  return [...kept, ...[...present.values()].map((member): Seat => ({ member, leftAt: null }))]
}
