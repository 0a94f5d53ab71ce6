/** The service's rule for room names: people have to find the same room, so invisible characters are not allowed. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

/** A key of the contacts texts; empty if valid. The length is limited by the input field. */
export type RoomNameProblem = '' | 'roomNameMissing' | 'roomNameUnseen'

export function problemOfRoomName(name: string): RoomNameProblem {
  if (name === '') return 'roomNameMissing'
  return UNSEEN.test(name) ? 'roomNameUnseen' : ''
}
