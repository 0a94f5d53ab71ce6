import { member } from '../miniprogram/json'
import { ConfigError, type Config } from './config'
import { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from './connections'

/** File descriptors reserved for recordings, the database, ffmpeg and the log. */
const RESERVE = 256

/**
 * The limits on connections within the file descriptors that this process may open (`ulimit -n`): at most half of them by default.
 * Throws a `ConfigError` for a `MAX_CONNECTIONS` that leaves too few for recordings and the database.
 */
export function connectionLimits(
  { maxConnections, maxPending, maxPendingPerAddress, pendingTime }: Config,
  descriptors = openFileLimit(),
): ConnectionLimits {
  const most = Math.max(1, descriptors - RESERVE)
  if (maxConnections !== null && maxConnections > most) {
    throw new ConfigError(
      `MAX_CONNECTIONS: ${maxConnections} leaves too few of the ${descriptors} files that this process may open (ulimit -n). A good value: MAX_CONNECTIONS=${most}`,
    )
  }
  const { all } = DEFAULT_CONNECTION_LIMITS
  return {
    all: maxConnections ?? Math.max(1, Math.min(all, Math.floor(descriptors / 2))),
    pending: maxPending,
    pendingOfAddress: maxPendingPerAddress,
    pendingTime: pendingTime * 1000,
  }
}

/** Number of files that this process may open; Windows has no such limit. */
function openFileLimit(): number {
  // Without the network interfaces: the report would resolve their names.
  Reflect.set(process.report, 'excludeNetwork', true)
  const report: unknown = process.report.getReport()
  const limits = member(member(report, 'userLimits'), 'open_files')
  const soft = member(limits, 'soft')
  return typeof soft === 'number' ? soft : Infinity
}
