import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { EVENT_TYPE, EVENT_TYPES, type EventType } from './callback/bodies'
import { DEFAULT_ROOM_LIMIT } from './channels/channels'
import { DEFAULT_CONNECTION_LIMITS } from './connections'
import { LOG_LEVELS, type LogLevel } from './log'

/** The service's settings. Times in seconds. */
export interface Config {
  host: string
  port: number
  rtmpPort: number
  dataDir: string
  /** The base URL for clients if it is not `http://HOST:PORT` (behind a proxy). */
  publicUrl: string | null
  /** Null: the service's built-in demo receiver. */
  callbackUrl: string | null
  /** Events that the app wants. */
  callbackEvents: readonly EventType[]
  /** Interval of reports on a running call (event 5 with `running`), s. */
  callbackRunningInterval: number
  appKey: string
  /** Null: a random one, kept in the database. */
  appSecret: string | null
  /** Whether anybody may get a token for any account, in place of an app's own login. */
  devTokens: boolean
  /** Whether accounts can list each other, with presence. */
  contacts: boolean
  tokenTtl: number
  /** Lifetime of push and play URLs. Longer than calls are: players reconnect with the URL they have, and it is void after the call. */
  mediaUrlTtl: number
  /** Lifetime of signed file URLs. */
  fileUrlTtl: number
  /** Members that a room may have, hosts and audience together. */
  roomLimit: number
  /** Maximum open connections of both ports; null: derived from the process's file descriptors, see `connectionLimits`. */
  maxConnections: number | null
  /** Maximum number of pending connections: in all, and of one address. */
  maxPending: number
  maxPendingPerAddress: number
  /** Maximum time that a connection may be pending, s. */
  pendingTime: number
  /** HTTP requests and WebSocket upgrades per address, a second on average. */
  requestsPerAddress: number
  /** Number of proxies in front of the service; each appends to `X-Forwarded-For`. */
  trustedHops: number
  /** Maximum average bit rate of a publisher, bits a second; the service reads a faster one more slowly. */
  maxBitrate: number
  /** Bytes that must stay free on the recordings' disk; below that, recording stops and calls continue. */
  diskFloor: number
  /** How long calls and their files are kept after their end; null: without limit. */
  retentionTime: number | null
  /** Maximum bytes of all recordings, finished or not; null: without limit. */
  retentionSize: number | null
  /** Path of ffmpeg; null: the machine's own, else the npm package's. */
  ffmpegPath: string | null
  /** Token for reading `/metrics` from other machines; null: loopback only. */
  metricsToken: string | null
  logLevel: LogLevel
}

/** A setting that the service cannot start with. The message names it, the reason, and a valid value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const DAY = 86_400
const port = z
  .string()
  .regex(/^\d+$/, 'is not a port number')
  .transform(Number)
  .pipe(z.number().max(65_535, 'is above 65535, the last port'))
const seconds = z
  .string()
  .regex(/^[1-9]\d*$/, 'is not a number of whole seconds above 0')
  .transform(Number)
  .pipe(z.number().max(365 * DAY, 'is above a year'))
const count = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'is not a whole number above 0')
    .transform(Number)
    .pipe(z.number().max(most, `is above ${most}`))
const hops = z.string().regex(/^\d$/, 'is not a number from 0 to 9').transform(Number)
const events = z
  .string()
  .regex(/^[\w-]+(,[\w-]+)*$/, 'is not a list of event types')
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(EVENT_TYPES, `has other types than ${EVENT_TYPES.join(', ')}`)))
const days = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, 'is not a number of whole days above 0')
  .transform((text) => Number(text) * DAY)
const UNITS: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 }
const bytes = z
  .string()
  .regex(/^[1-9]\d{0,5} ?[MGT]B$/i, 'is not a size in MB, GB or TB')
  .transform((text) => parseInt(text, 10) * (UNITS[text.slice(-2).toUpperCase()] ?? 1))
const bitrate = z
  .string()
  .regex(/^[1-9]\d{1,6}$/, 'is not a number of kbit/s from 10 on')
  .transform((text) => Number(text) * 1000)
const httpUrl = z
  .url({ protocol: /^https?$/, error: 'is not an http or https address' })
  .regex(/^[^@]*$/, 'has a user name in it, which cannot be sent')
const flag = z
  .enum(['on', 'off', 'true', 'false', 'yes', 'no', '1', '0'], 'is neither on nor off')
  .transform((text) => ['on', 'true', 'yes', '1'].includes(text))

const VARIABLES = z.object({
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'is not a host name or address')
    .default('127.0.0.1'),
  PORT: port.default(8360),
  RTMP_PORT: port.default(1935),
  DATA_DIR: z.string().default('./data'),
  PUBLIC_URL: httpUrl.optional(),
  CALLBACK_URL: httpUrl.optional(),
  CALLBACK_EVENTS: events.default([EVENT_TYPE.duration, EVENT_TYPE.files, EVENT_TYPE.started]),
  CALLBACK_RUNNING_INTERVAL: seconds.default(12 * 60 * 60),
  APP_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'is not 1 to 128 printable characters without spaces')
    .default('netcall-demo'),
  APP_SECRET: z.string().min(8, 'is shorter than 8 characters').optional(),
  DEV_TOKENS: flag.optional(),
  CONTACTS: flag.optional(),
  TOKEN_TTL: seconds.default(7 * DAY),
  MEDIA_URL_TTL: seconds.default(DAY),
  FILE_URL_TTL: seconds.default(7 * DAY),
  ROOM_LIMIT: count(100).default(DEFAULT_ROOM_LIMIT),
  MAX_CONNECTIONS: count(1_000_000).optional(),
  MAX_PENDING: count(1_000_000).default(DEFAULT_CONNECTION_LIMITS.pending),
  MAX_PENDING_PER_ADDRESS: count(1_000_000).default(DEFAULT_CONNECTION_LIMITS.pendingOfAddress),
  PENDING_TIME: seconds.default(DEFAULT_CONNECTION_LIMITS.pendingTime / 1000),
  REQUESTS_PER_ADDRESS: count(1_000_000).default(200),
  TRUSTED_HOPS: hops.optional(),
  MAX_BITRATE: bitrate.default(10e6),
  DISK_FLOOR: bytes.default(500e6),
  RETENTION_DAYS: days.optional(),
  RETENTION_SIZE: bytes.optional(),
  FFMPEG_PATH: z.string().optional(),
  METRICS_TOKEN: z.string().min(8, 'is shorter than 8 characters').optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `is not one of ${LOG_LEVELS.join(', ')}`).default('info'),
})
const EXAMPLES: Readonly<Record<string, string>> = {
  HOST: '0.0.0.0',
  PORT: '8360',
  RTMP_PORT: '1935',
  DATA_DIR: './data',
  PUBLIC_URL: 'https://call.example.com',
  CALLBACK_URL: 'https://app.example.com/netcall',
  CALLBACK_EVENTS: '5,6,20',
  CALLBACK_RUNNING_INTERVAL: '43200',
  APP_KEY: 'my-app',
  APP_SECRET: 'a-long-random-text',
  DEV_TOKENS: 'on',
  CONTACTS: 'off',
  TOKEN_TTL: '604800',
  MEDIA_URL_TTL: '86400',
  FILE_URL_TTL: '86400',
  ROOM_LIMIT: '9',
  MAX_CONNECTIONS: '4096',
  MAX_PENDING: '512',
  MAX_PENDING_PER_ADDRESS: '64',
  PENDING_TIME: '10',
  REQUESTS_PER_ADDRESS: '200',
  TRUSTED_HOPS: '1',
  MAX_BITRATE: '10000',
  DISK_FLOOR: '500MB',
  RETENTION_DAYS: '90',
  RETENTION_SIZE: '200GB',
  FFMPEG_PATH: '/usr/bin/ffmpeg',
  METRICS_TOKEN: 'a-long-random-text',
  LOG_LEVEL: 'info',
}
type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the configuration from environment variables and options (`PORT=8361` or `--port 8361`); options win. Throws a `ConfigError` for an
 * invalid value.
 * @param switches the caller's own options (`--lan`), listed in the error for an unknown one
 */
export function readConfig(
  environment: Environment,
  args: readonly string[] = [],
  switches: readonly string[] = [],
): Config {
  const given = Object.entries({ ...environment, ...readOptions(args, switches) }).filter(([, value]) => value !== '')
  const values: Environment = Object.fromEntries(given)
  const result = VARIABLES.safeParse(values)
  if (!result.success) throw complaint(result.error, values)
  const read = result.data
  // A public address implies a reverse proxy; then a loopback HOST is not access control.
  const devTokens = read.DEV_TOKENS ?? (isLoopback(read.HOST) && read.PUBLIC_URL === undefined)
  return {
    host: read.HOST,
    port: read.PORT,
    rtmpPort: read.RTMP_PORT,
    dataDir: resolve(read.DATA_DIR),
    publicUrl: read.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    callbackUrl: read.CALLBACK_URL ?? null,
    callbackEvents: read.CALLBACK_EVENTS,
    callbackRunningInterval: read.CALLBACK_RUNNING_INTERVAL,
    appKey: read.APP_KEY,
    appSecret: read.APP_SECRET ?? null,
    devTokens,
    contacts: read.CONTACTS ?? devTokens,
    tokenTtl: read.TOKEN_TTL,
    mediaUrlTtl: read.MEDIA_URL_TTL,
    fileUrlTtl: read.FILE_URL_TTL,
    roomLimit: read.ROOM_LIMIT,
    maxConnections: read.MAX_CONNECTIONS ?? null,
    maxPending: read.MAX_PENDING,
    maxPendingPerAddress: read.MAX_PENDING_PER_ADDRESS,
    pendingTime: read.PENDING_TIME,
    requestsPerAddress: read.REQUESTS_PER_ADDRESS,
    // An https address implies a proxy: the service itself has no TLS.
    trustedHops: read.TRUSTED_HOPS ?? (read.PUBLIC_URL?.startsWith('https:') ? 1 : 0),
    maxBitrate: read.MAX_BITRATE,
    diskFloor: read.DISK_FLOOR,
    retentionTime: read.RETENTION_DAYS ?? null,
    retentionSize: read.RETENTION_SIZE ?? null,
    ffmpegPath: read.FFMPEG_PATH ?? null,
    metricsToken: read.METRICS_TOKEN ?? null,
    logLevel: read.LOG_LEVEL,
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function complaint(error: z.ZodError, values: Environment): ConfigError {
  const [issue] = error.issues
  const name = String(issue?.path[0])
  const secret = name === 'APP_SECRET' || name === 'METRICS_TOKEN' || values[name]?.includes('@')
  const shown = secret ? 'the value' : JSON.stringify(values[name])
  return new ConfigError(`${name}: ${shown} ${issue?.message}. A good value: ${name}=${EXAMPLES[name]}`)
}

function readOptions(args: readonly string[], switches: readonly string[]): Environment {
  const variableOf = new Map(Object.keys(EXAMPLES).map((name) => [name.toLowerCase().replaceAll('_', '-'), name]))
  const options = Object.fromEntries([...variableOf.keys()].map((option) => [option, { type: 'string' as const }]))
  try {
    const { values } = parseArgs({ args: [...args], options })
    return Object.fromEntries(Object.entries(values).map(([option, value]) => [variableOf.get(option), String(value)]))
  } catch (error) {
    const known = [...switches, ...[...variableOf.keys()].map((option) => `--${option}`)].join(' ')
    throw new ConfigError(`${error instanceof Error ? error.message : String(error)}\nOptions: ${known}`)
  }
}
