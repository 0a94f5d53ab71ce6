/** Members with a tile: those in the room and, for a moment, those who just left. */
import type { RoomMember } from '../../../../call/state'

export interface RosterEntry {
  member: RoomMember
  /** When it left, ms; null while it is in the room. */
  leftAt: number | null
}

/** Selected if no tile is to be large. */
export const NOBODY = ''

export const keyOf = ({ member }: RosterEntry): string => String(member.uid)

/**
 * The member with the large tile: the tapped one, otherwise the first main speaker. Main speakers themselves see a grid, to watch the
 * others.
 */
export function largeOf(entries: readonly RosterEntry[], chosen: string | null): string | null {
  if (chosen !== null) return chosen === NOBODY ? null : chosen
  const speaker = entries.find(({ member, leftAt }) => leftAt === null && member.recording.mainSpeaker)
  return speaker ? keyOf(speaker) : null
}

/** How long a tile shows that its member has left, ms. */
export const LEFT_SHOWN = 2_500

/** The next tiles. Members keep their position, also if they return in time. */
export function nextEntries(
  entries: readonly RosterEntry[],
  members: readonly RoomMember[],
  now: number,
): RosterEntry[] {
  const present = new Map(members.map((member) => [member.uid, member]))
  const kept = entries.flatMap(({ member, leftAt }): RosterEntry[] => {
    const there = present.get(member.uid)
    present.delete(member.uid)
    if (there) return [{ member: there, leftAt: null }]
    const left = leftAt ?? now
    return now - left < LEFT_SHOWN ? [{ member, leftAt: left }] : []
  })
  return [...kept, ...[...present.values()].map((member): RosterEntry => ({ member, leftAt: null }))]
}
