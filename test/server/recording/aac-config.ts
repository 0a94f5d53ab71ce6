/** An AudioSpecificConfig: object type (5 bits), rate index (4), channel configuration (4). */
export const configFor = (rate: number, channels: number) => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE((2 << 11) | (rate << 7) | (channels << 3))
  return bytes
}
