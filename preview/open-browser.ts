import { spawn } from 'node:child_process'

type Environment = Readonly<Record<string, string | undefined>>

/** Whether this machine has a desktop with a user. */
export function hasDisplay(environment: Environment, platform: NodeJS.Platform): boolean {
  if (environment['CI'] || environment['SSH_CONNECTION']) return false
  if (platform === 'darwin' || platform === 'win32') return true
  return Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'])
}

/** Opens the URL in the user's browser. Failing is harmless: the URL is printed, too. */
export function openBrowser(url: string, platform: NodeJS.Platform): void {
  const [command, ...args] = commandFor(url, platform)
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}

function commandFor(url: string, platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open', url]
  if (platform === 'win32') return ['cmd', '/c', 'start', '', url]
  return ['xdg-open', url]
}
