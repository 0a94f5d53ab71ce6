import { readAmf3 } from './amf3'
import { BadInput } from './errors'

/** AMF0, the value format of RTMP commands and FLV metadata. Depth and size are limited when reading and writing. */
export type AmfValue = number | boolean | string | null | AmfValue[] | AmfObject
export interface AmfObject {
  [key: string]: AmfValue
}

const MAX_DEPTH = 8
const MAX_VALUES = 1024

const NUMBER = 0
const BOOLEAN = 1
const STRING = 2
const OBJECT = 3
const NULL = 5
const UNDEFINED = 6
const ECMA_ARRAY = 8
const OBJECT_END = 9
const STRICT_ARRAY = 10
const DATE = 11
const LONG_STRING = 12
const UNSUPPORTED = 13
const TYPED_OBJECT = 16
/** Marker: an AMF3 value follows. */
const AMF3_VALUE = 17

export function isAmfObject(value: AmfValue | undefined): value is AmfObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** All values in `bytes`. Throws BadInput if they are truncated, too deep, too many or of an unknown type. */
export function decodeAmf(bytes: Buffer): AmfValue[] {
  const reader = new AmfReader(bytes)
  const values: AmfValue[] = []
  while (!reader.atEnd) values.push(reader.value(0))
  return values
}

class AmfReader {
  private position = 0
  private values = 0

  constructor(private readonly bytes: Buffer) {}

  get atEnd(): boolean {
    return this.position >= this.bytes.length
  }

  value(depth: number): AmfValue {
    if (depth > MAX_DEPTH) throw new BadInput('AMF: nested too deep')
    if (++this.values > MAX_VALUES) throw new BadInput('AMF: too many values')
    const type = this.bytes[this.take(1)]
    switch (type) {
      case NUMBER:
        return this.bytes.readDoubleBE(this.take(8))
      case BOOLEAN:
        return this.bytes[this.take(1)] !== 0
      case STRING:
        return this.text(this.bytes.readUInt16BE(this.take(2)))
      case OBJECT:
        return this.object(depth)
      case NULL:
      case UNDEFINED:
      case UNSUPPORTED:
        return null
      case ECMA_ARRAY:
        // The count is a hint that many encoders get wrong; only the end marker is used.
        this.take(4)
        return this.object(depth)
      case STRICT_ARRAY:
        return this.array(depth)
      case DATE: {
        const time = this.bytes.readDoubleBE(this.take(8))
        this.take(2)
        return time
      }
      case LONG_STRING:
        return this.text(this.bytes.readUInt32BE(this.take(4)))
      case TYPED_OBJECT:
        this.text(this.bytes.readUInt16BE(this.take(2)))
        return this.object(depth)
      case AMF3_VALUE: {
        const { value, size } = readAmf3(this.bytes.subarray(this.position))
        this.take(size)
        return value
      }
      default:
        throw new BadInput(`AMF: unknown type ${type}`)
    }
  }

  private object(depth: number): AmfObject {
    // Keys come from the peer: without a prototype, `__proto__` is an ordinary key.
    const object: AmfObject = Object.create(null)
    for (;;) {
      const length = this.bytes.readUInt16BE(this.take(2))
      if (length === 0 && this.bytes[this.position] === OBJECT_END) {
        this.take(1)
        return object
      }
      const key = this.text(length)
      object[key] = this.value(depth + 1)
    }
  }

  private array(depth: number): AmfValue[] {
    const count = this.bytes.readUInt32BE(this.take(4))
    if (count > MAX_VALUES) throw new BadInput('AMF: too many values')
    return Array.from({ length: count }, () => this.value(depth + 1))
  }

  private text(length: number): string {
    const start = this.take(length)
    return this.bytes.toString('utf8', start, start + length)
  }

  /** Skips `length` bytes and returns where they start. */
  private take(length: number): number {
    const start = this.position
    if (start + length > this.bytes.length) throw new BadInput('AMF: truncated')
    this.position = start + length
    return start
  }
}

export function encodeAmf(...values: AmfValue[]): Buffer {
  const parts: Buffer[] = []
  for (const value of values) write(value, parts)
  return Buffer.concat(parts)
}

/** The same, with the object as an ECMA array, as the FLV specification requires for metadata. */
export function encodeAmfMetadata(name: string, metadata: AmfObject): Buffer {
  const parts: Buffer[] = []
  write(name, parts)
  const head = Buffer.alloc(5)
  head[0] = ECMA_ARRAY
  head.writeUInt32BE(Object.keys(metadata).length, 1)
  parts.push(head)
  writeProperties(metadata, parts)
  return Buffer.concat(parts)
}

function write(value: AmfValue, parts: Buffer[]): void {
  if (value === null) {
    parts.push(Buffer.of(NULL))
  } else if (typeof value === 'number') {
    const bytes = Buffer.alloc(9)
    bytes.writeDoubleBE(value, 1)
    parts.push(bytes)
  } else if (typeof value === 'boolean') {
    parts.push(Buffer.of(BOOLEAN, value ? 1 : 0))
  } else if (typeof value === 'string') {
    writeString(value, parts)
  } else if (Array.isArray(value)) {
    const head = Buffer.alloc(5)
    head[0] = STRICT_ARRAY
    head.writeUInt32BE(value.length, 1)
    parts.push(head)
    for (const item of value) write(item, parts)
  } else {
    parts.push(Buffer.of(OBJECT))
    writeProperties(value, parts)
  }
}

function writeString(value: string, parts: Buffer[]): void {
  const text = Buffer.from(value)
  const long = text.length > 0xffff
  const head = Buffer.alloc(long ? 5 : 3)
  head[0] = long ? LONG_STRING : STRING
  head.writeUIntBE(text.length, 1, long ? 4 : 2)
  parts.push(head, text)
}

function writeProperties(object: AmfObject, parts: Buffer[]): void {
  for (const [key, value] of Object.entries(object)) {
    const text = Buffer.from(key)
    const head = Buffer.alloc(2)
    head.writeUInt16BE(text.length)
    parts.push(head, text)
    write(value, parts)
  }
  parts.push(Buffer.of(0, 0, OBJECT_END))
}
