import { BadInput } from './errors'

const MAX_DEPTH = 8
const MAX_VALUES = 1024

const [UNDEFINED, NULL, FALSE, TRUE, INTEGER, DOUBLE, STRING, XML_DOCUMENT, DATE, ARRAY, OBJECT, XML, BYTES] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
]

/**
 * Reads one AMF3 value inside an AMF0 command (marker 17) and returns it with its size in bytes. Numbers, booleans and strings are
 * returned; other values are skipped, since RTMP commands do not need them. Throws BadInput if it is truncated, too deep or of an unknown
 * type.
 */
export function readAmf3(bytes: Buffer): { value: number | boolean | string | null; size: number } {
  const reader = new Amf3Reader(bytes)
  const value = reader.value(0)
  return { value, size: reader.position }
}

interface Traits {
  externalizable: boolean
  dynamic: boolean
  members: number
}

class Amf3Reader {
  position = 0
  private values = 0
  private readonly texts: string[] = []
  private readonly traits: Traits[] = []

  constructor(private readonly bytes: Buffer) {}

  value(depth: number): number | boolean | string | null {
    if (depth > MAX_DEPTH) throw new BadInput('AMF3: nested too deep')
    if (++this.values > MAX_VALUES) throw new BadInput('AMF3: too many values')
    const type = this.bytes[this.take(1)]
    switch (type) {
      case UNDEFINED:
      case NULL:
        return null
      case FALSE:
        return false
      case TRUE:
        return true
      case INTEGER:
        // 29 bits, signed.
        return (this.unsigned() << 3) >> 3
      case DOUBLE:
        return this.bytes.readDoubleBE(this.take(8))
      case STRING:
        return this.text()
      case DATE:
        if (this.unsigned() & 1) this.take(8)
        return null
      case XML_DOCUMENT:
      case XML:
      case BYTES: {
        const head = this.unsigned()
        if (head & 1) this.take(head >> 1)
        return null
      }
      case ARRAY: {
        const head = this.unsigned()
        if ((head & 1) === 0) return null
        this.properties(depth)
        for (let left = head >> 1; left > 0; left--) this.value(depth + 1)
        return null
      }
      case OBJECT:
        this.object(depth)
        return null
      default:
        throw new BadInput(`AMF3: unknown type ${type}`)
    }
  }

  private object(depth: number): void {
    const head = this.unsigned()
    if ((head & 1) === 0) return
    const traits = (head & 2) === 0 ? this.traits[head >> 2] : this.newTraits(head)
    // The format of an externalizable object is known only to its class.
    if (!traits || traits.externalizable) throw new BadInput('AMF3: an object of an unknown class')
    for (let left = traits.members; left > 0; left--) this.value(depth + 1)
    if (traits.dynamic) this.properties(depth)
  }

  private newTraits(head: number): Traits {
    const members = head >> 4
    if (members > MAX_VALUES) throw new BadInput('AMF3: too many values')
    this.text()
    for (let left = members; left > 0; left--) this.text()
    const traits = { externalizable: (head & 4) !== 0, dynamic: (head & 8) !== 0, members }
    this.traits.push(traits)
    return traits
  }

  /** Named values up to an empty name. */
  private properties(depth: number): void {
    while (this.text() !== '') this.value(depth + 1)
  }

  private text(): string {
    const head = this.unsigned()
    if ((head & 1) === 0) return this.texts[head >> 1] ?? ''
    const start = this.take(head >> 1)
    const text = this.bytes.toString('utf8', start, this.position)
    if (text !== '') this.texts.push(text)
    return text
  }

  /** U29: up to four bytes, the high bit of the first three says that another follows. */
  private unsigned(): number {
    let value = 0
    for (let count = 1; ; count++) {
      const byte = this.bytes.readUInt8(this.take(1))
      if (count === 4) return (value << 8) | byte
      value = (value << 7) | (byte & 0x7f)
      if (byte < 0x80) return value
    }
  }

  /** Skips `length` bytes and returns where they start. */
  private take(length: number): number {
    const start = this.position
    if (start + length > this.bytes.length) throw new BadInput('AMF3: truncated')
    this.position = start + length
    return start
  }
}
