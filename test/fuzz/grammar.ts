/** Inputs that are almost right: built by the rules of each format, with faults put in by chance. */
import { CONTROL_COMMAND } from '../../miniprogram/netcall/constants'
import { GATEWAY_COMMAND, SIGNAL_ADDRESS } from '../../miniprogram/netcall/protocol'
import { encodeMessage } from '../../server/media/rtmp-chunks'
import { flvHeader, writeFlvTag } from '../../server/media/flv'
import type { Chance } from '../support/random'

const bytes = (chance: Chance, most: number): Buffer =>
  Buffer.from(Array.from({ length: chance.below(most + 1) }, () => chance.below(256)))
function pick<Item>(chance: Chance, items: readonly Item[]): Item {
  const item = items[chance.below(items.length)]
  if (item === undefined) throw new RangeError('there is nothing to pick')
  return item
}
const ODD_NUMBERS = [0, 1, 127, 128, 255, 256, 0x7fff, 0xffff, 0xffffff, 0x7fffffff, 0xffffffff] as const

/** AMF0 values; a count, a length or an end mark is wrong now and then. */
export function amf(chance: Chance, depth = 0): Buffer {
  const number = (size: number, value: number): Buffer => {
    const written = chance.below(20) === 0 ? chance.of(ODD_NUMBERS) : value
    const head = Buffer.alloc(size)
    head.writeUIntBE(written % 2 ** (8 * size), 0, size)
    return head
  }
  const text = (size: number): Buffer => {
    const content = bytes(chance, chance.below(10) === 0 ? 2_000 : 12)
    return Buffer.concat([number(size, content.length), content])
  }
  const properties = (): Buffer => {
    const pairs = Array.from({ length: chance.below(4) }, () => Buffer.concat([text(2), amf(chance, depth + 1)]))
    return Buffer.concat([...pairs, chance.below(15) === 0 ? bytes(chance, 3) : Buffer.from([0, 0, 9])])
  }
  const kind = depth > 12 ? 5 : chance.of([0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 16, 17, chance.below(256)])
  const head = Buffer.from([kind])
  switch (kind) {
    case 0:
      return Buffer.concat([head, bytes(chance, 0), Buffer.alloc(8, chance.below(256))])
    case 1:
      return Buffer.concat([head, Buffer.from([chance.below(3)])])
    case 2:
      return Buffer.concat([head, text(2)])
    case 3:
      return Buffer.concat([head, properties()])
    case 8:
      return Buffer.concat([head, number(4, 2), properties()])
    case 10: {
      const items = Array.from({ length: chance.below(4) }, () => amf(chance, depth + 1))
      return Buffer.concat([head, number(4, items.length), ...items])
    }
    case 11:
      return Buffer.concat([head, Buffer.alloc(10)])
    case 12:
      return Buffer.concat([head, text(4)])
    case 16:
      return Buffer.concat([head, text(2), properties()])
    case 17:
      return Buffer.concat([head, bytes(chance, 12)])
    default:
      return head
  }
}

const SOUND_HEADS: readonly (readonly number[])[] = [[0xaf, 0], [0xaf, 1], [0x9f, 0], [0x90, 0x6d], [0x2f]]
const PICTURE_HEADS: readonly (readonly number[])[] = [
  [0x17, 0, 0, 0, 0],
  [0x17, 1, 0, 0, 0],
  [0x27, 1, 0, 0, 0],
  [0x17, 2, 0, 0, 0],
  [0x90, 0x68, 0x76, 0x63, 0x31],
  [0x1c, 0, 0, 0, 0],
  [0x57, 0],
]

/** The body of an FLV tag: AVC, HEVC or AAC of the old and the extended form, mostly well begun. */
function mediaBody(chance: Chance, type: number): Buffer {
  if (type === 18) return Buffer.concat(Array.from({ length: 1 + chance.below(3) }, () => amf(chance)))
  const head = Buffer.from(pick(chance, type === 8 ? SOUND_HEADS : PICTURE_HEADS))
  if (chance.below(3) === 0) return Buffer.concat([head, bytes(chance, 40)])
  const unit = bytes(chance, 30)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(chance.below(10) === 0 ? chance.of(ODD_NUMBERS) : unit.length)
  return Buffer.concat([head, length, unit])
}

export function rtmp(chance: Chance): Buffer {
  const messages = Array.from({ length: 1 + chance.below(8) }, () => {
    const type = chance.of([1, 2, 3, 4, 5, 6, 8, 9, 15, 17, 18, 20, 22, chance.below(256)])
    const payload =
      type === 22
        ? Buffer.concat(Array.from({ length: chance.below(4) }, () => tag(chance)))
        : type === 8 || type === 9
          ? mediaBody(chance, type)
          : type < 8
            ? bytes(chance, 8)
            : Buffer.concat(Array.from({ length: 1 + chance.below(4) }, () => amf(chance)))
    const timestamp = chance.below(4) === 0 ? chance.of(ODD_NUMBERS) : chance.below(10_000)
    return encodeMessage({ type, timestamp, streamId: chance.below(3), payload }, 128)
  })
  return Buffer.concat(messages)
}

function tag(chance: Chance): Buffer {
  const type = chance.of([8, 9, 18, chance.below(32)])
  const timestamp = chance.below(4) === 0 ? chance.of(ODD_NUMBERS) : chance.below(10_000)
  return writeFlvTag(type, timestamp, mediaBody(chance, type))
}

export function flv(chance: Chance): Buffer {
  const header = flvHeader({ audio: chance.below(2) === 0, video: chance.below(2) === 0 })
  return Buffer.concat([header, ...Array.from({ length: 1 + chance.below(8) }, () => tag(chance))])
}

/** A frame of either WebSocket, as text. */
export function json(chance: Chance): Buffer {
  const value = (depth = 0): unknown =>
    chance.of<() => unknown>([
      () => chance.of(['alice', 'bob', '', 'room', '__proto__', '\u0000', 'x'.repeat(5_000), '1001', '\ud800']),
      () => chance.of([0, 1, 2, -1, 1.5, 1e15, -0, 2 ** 53, 1001]),
      () => chance.of([true, false, null]),
      () => (depth > 3 ? [] : Array.from({ length: chance.below(4) }, () => value(depth + 1))),
      () => (depth > 3 ? {} : body(depth + 1)),
    ])()
  const body = (depth = 0): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: chance.below(8) }, () => [pick(chance, FIELDS), value(depth)]))
  const [sid, cid] = pick<readonly number[]>(chance, Object.values(SIGNAL_ADDRESS))
  const frame =
    chance.below(2) === 0
      ? { sid, cid, seq: chance.below(100), body: likely(chance, body()) }
      : { cmd: pick(chance, Object.values(GATEWAY_COMMAND)), seq: 1, body: likely(chance, body()) }
  return Buffer.from(JSON.stringify(chance.below(10) === 0 ? value() : frame))
}

const FIELDS =
  'type accounts pushConfig webrtcEnable channelId account accepted channelName custom uids to content after uid cid accid token mode scene usertype role recordType recordAudio forceKeepCalling liveOption __proto__ constructor'.split(
    ' ',
  )

/** Mostly what a request needs, so that it gets past its schema. */
function likely(chance: Chance, odd: Record<string, unknown>): Record<string, unknown> {
  const good = {
    type: chance.of([1, 2]),
    accounts: [chance.of(['bob', 'carol'])],
    pushConfig: { forceKeepCalling: chance.below(2) === 0 },
    webrtcEnable: true,
    channelId: chance.of([1, 1_000_000_000_000_001]),
    account: chance.of(['alice', 'bob']),
    accepted: chance.below(2) === 0,
    channelName: chance.of(['team', 'other']),
    custom: '',
    uids: [1001],
    to: 'bob',
    content: 'hello',
    uid: 1001,
    cid: 1,
    accid: 'alice',
    token: '1',
    mode: chance.below(4),
    scene: chance.below(2),
    usertype: 2,
    recordType: '0',
  }
  return chance.below(4) === 0
    ? odd
    : {
        ...good,
        ...(chance.below(3) === 0 && { type: pick(chance, Object.values(CONTROL_COMMAND)) }),
        ...(chance.below(2) === 0 && odd),
      }
}
