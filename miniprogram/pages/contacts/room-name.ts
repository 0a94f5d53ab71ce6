/** The service's rule for the name of a room: people have to find the same one, so nothing in it that they cannot see. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

/** A key of the contacts texts; empty for a good name. Its length is the input field's to keep. */
export type RoomNameProblem = '' | 'roomNameMissing' | 'roomNameUnseen'

export function problemOfRoomName(name: string): RoomNameProblem {
  if (name === '') return 'roomNameMissing'
  return UNSEEN.test(name) ? 'roomNameUnseen' : ''
}
