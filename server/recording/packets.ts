/** One encoded frame as it lies in the spool. */
interface Packet {
  /** The publisher's timestamp: ms, 32 bits. */
  sent: number
  /** When it came, the lower 24 bits, ms from the publication's start. */
  arrived: number
  /** The configuration that it is decoded with. */
  description: Buffer
  /** Where its data begin in the file, and their size, bytes. */
  at: number
  size: number
}
export interface AudioPacket extends Packet {
  kind: 'audio'
}
export interface VideoPacket extends Packet {
  kind: 'video'
  /** From decoding to showing, ms. */
  shift: number
  key: boolean
}
