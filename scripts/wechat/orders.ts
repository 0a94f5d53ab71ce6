import { parseArgs } from 'node:util'
import { isRecord } from '../check/files'
import { Refusal } from './refusal'

export type Command = 'preview' | 'upload'

/** Code to send to WeChat, with its description. */
export interface Orders {
  command: Command
  version: string
  description: string
  /** Path of the QR code image; for previews only. */
  qrFile: string
  /** WeChat keeps one version per robot, 1 to 30. */
  robot: number
}

const OPTIONS: Readonly<Record<Command, readonly string[]>> = {
  preview: ['description', 'qr', 'robot'],
  upload: ['version', 'description', 'robot'],
}
/** Allowed by the console: letters, digits and dots, as in `1.2.0`. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/

/** The orders from the command line, with defaults from package.json. Throws a `Refusal` for an unknown or invalid argument. */
export function readOrders(command: Command, args: readonly string[], manifest: Record<string, unknown>): Orders {
  const given = readOptions(command, args)
  const version = given['version'] ?? String(manifest['version'])
  if (!VERSION.test(version)) {
    throw new Refusal(`--version ${JSON.stringify(version)} is not like 1.2.0 (letters, digits, dots).`)
  }
  const robot = given['robot'] ?? '1'
  if (!/^([1-9]|[12]\d|30)$/.test(robot)) {
    throw new Refusal(`--robot ${JSON.stringify(robot)} is not a number from 1 to 30.`)
  }
  const description = given['description'] ?? String(manifest['description'])
  return { command, version, description, qrFile: given['qr'] ?? 'dist/preview-qr.jpg', robot: Number(robot) }
}

function readOptions(command: Command, args: readonly string[]): Record<string, string | undefined> {
  const names = OPTIONS[command]
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
    return { ...parseArgs({ args: [...args], options }).values }
  } catch (error) {
    const known = names.map((name) => `--${name} …`).join(' ')
    const reason = String(isRecord(error) ? error['message'] : error)
    throw new Refusal(`${reason.replace(/\.?$/, '.')} Options: ${known}`)
  }
}
