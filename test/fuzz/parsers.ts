/** The parsers of what comes from outside, with what the service does with their results. Each throws only for a fault of its own. */
import { Channels } from '../../server/channels/channels'
import { gatewayCommands } from '../../server/gateway/commands'
import { GatewayDispatch } from '../../server/gateway/dispatch'
import { GatewayConnection } from '../../server/gateway/gateway-connection'
import { GatewaySessions } from '../../server/gateway/sessions'
import { Tickets } from '../../server/gateway/tickets'
import { Connection, parseFrame } from '../../server/websocket/connection'
import { decodeAmf } from '../../server/media/amf0'
import { BadInput } from '../../server/media/errors'
import { FlvReader } from '../../server/media/flv'
import { DEFAULT_LIMITS } from '../../server/media/limits'
import { splitAggregate } from '../../server/media/rtmp-aggregate'
import { AGGREGATE, AMF0_COMMAND, AMF3_COMMAND, ChunkReader, type RtmpMessage } from '../../server/media/rtmp-chunks'
import { Streams, type Publishing } from '../../server/media/streams'
import { Budgets } from '../../server/signalling/budgets'
import { callHandlers } from '../../server/signalling/calls'
import { Device } from '../../server/signalling/device'
import { Devices } from '../../server/signalling/devices'
import { Dispatch } from '../../server/signalling/dispatch'
import { contactHandlers } from '../../server/signalling/contacts'
import { roomHandlers } from '../../server/signalling/rooms'
import { Timeline } from '../../server/timeline'
import * as grammar from './grammar'
import type { Chance } from '../support/random'

export interface Parser {
  /** An input built by the rules of the format. */
  make(chance: Chance): Buffer
  /** Feeds one input in these pieces to a fresh parser. Throws for a fault. */
  parse(pieces: readonly Buffer[]): void
}

const quiet = { info() {}, warn() {}, error() {} }
/** Faults that the service catches and logs. */
const fail = (about: { err?: unknown }): never => {
  throw about.err instanceof Error ? about.err : new Error(`logged: ${JSON.stringify(about)}`)
}
const log = { ...quiet, error: fail, debug() {} }

/** Runs what may refuse its input. */
function unlessBad(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof BadInput)) throw error
  }
}

/** A stream that is published and watched, as in the service. */
function publishing(): Publishing {
  const streams = new Streams(() => {}, DEFAULT_LIMITS, log)
  const place = { name: { cid: 1, uid: 1 }, subject: '1.1' }
  streams.view(place, { protocol: 'http-flv', pending: () => 0, write: () => {}, close: () => {} }).end('')
  return streams.publish(place, 'rtmp', () => {})
}

export const PARSERS = {
  rtmp: {
    make: grammar.rtmp,
    parse(pieces) {
      const reader = new ChunkReader(DEFAULT_LIMITS)
      reader.maxMessage = DEFAULT_LIMITS.messageSize
      const publication = publishing()
      const take = (message: RtmpMessage): void => {
        const { type, timestamp, payload } = message
        if (type === AGGREGATE) for (const part of splitAggregate(message)) take(part)
        else if (type === AMF0_COMMAND || type === AMF3_COMMAND) decodeAmf(payload)
        else if (type === 8 || type === 9 || type === 18) publication.push(type, timestamp, payload)
      }
      unlessBad(() => {
        for (const piece of pieces) for (const message of reader.read(piece)) take(message)
      })
      publication.end('')
    },
  },
  flv: {
    make: grammar.flv,
    parse(pieces) {
      const reader = new FlvReader(DEFAULT_LIMITS.messageSize)
      const publication = publishing()
      unlessBad(() => {
        for (const piece of pieces) {
          for (const { type, timestamp, payload } of reader.read(piece)) publication.push(type, timestamp, payload)
        }
      })
      publication.end('')
    },
  },
  json: {
    make: grammar.json,
    parse(pieces) {
      const { signalling, gateway, close } = dispatchers()
      try {
        for (const piece of pieces) {
          const frame = parseFrame(piece)
          signalling(frame)
          gateway(frame)
        }
      } finally {
        close()
      }
    },
  },
} as const satisfies Record<string, Parser>
export type ParserName = keyof typeof PARSERS

/** Both sockets' requests of alice, who is in a call that bob answered. */
function dispatchers() {
  const timeline = new Timeline()
  const uids = new Map<string, number>()
  const uidOf = (account: string): number => {
    const uid = uids.get(account) ?? 1001 + uids.size
    uids.set(account, uid)
    return uid
  }
  const channels = new Channels({ uidOf })
  const devices = new Devices(timeline)
  const tickets = new Tickets('secret')
  const accounts = { has: () => true, list: () => [...uids.keys()] }
  const context = { channels, devices, accounts, budgets: new Budgets(), tickets }
  const handlers = { ...callHandlers(context), ...roomHandlers(context), ...contactHandlers(context) }
  const address = { host: 'host', hostname: 'host', secure: false }
  const link = Object.assign(Object.create(Connection.prototype), {
    send: () => true,
    offer: () => true,
    close: () => {},
  })
  const device = (account: string): Device => {
    uidOf(account)
    const made = new Device(account, account, address, Infinity, link)
    devices.add(made)
    return made
  }
  const alice = device('alice')
  device('bob')
  const dispatch = new Dispatch(handlers, timeline, log)
  const sessions = new GatewaySessions(timeline)
  const urls = { pushUrl: () => 'rtmp://host/push', playUrl: () => 'rtmp://host/play' }
  const commands = gatewayCommands({ channels, sessions, ...urls })
  const gateway = new GatewayDispatch(commands, timeline, log)
  const connection = new GatewayConnection(address, { cid: 1, uid: 1001, epoch: 1, expired: false }, link)
  return {
    signalling: (frame: unknown) => dispatch.frame(alice, frame),
    gateway: (frame: unknown) => gateway.frame(connection, frame),
    close: () => channels.close(),
  }
}
