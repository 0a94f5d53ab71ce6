/** One encoded frame. Time stamps in ms on the publisher's clock; never running backwards within a track. */
export interface AudioPacket {
  kind: 'audio'
  timestamp: number
  data: Buffer
}
export interface VideoPacket {
  kind: 'video'
  timestamp: number
  /** Presentation after decoding, ms. */
  shift: number
  key: boolean
  data: Buffer
}
