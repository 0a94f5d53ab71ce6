import type { Orders } from './orders'
import type { Sent } from './send'

/** The message about the result; the orders' `qrFile` as a relative path. */
export function wordsOn({ sizes, qrCode }: Sent, { command, version, qrFile }: Orders): string[] {
  const lines = sizes.map(({ name, size }) => `  ${packageName(name).padEnd(24)} ${(size / 1024).toFixed(1)} KB`)
  if (command === 'upload') return [...lines, `✓ Version ${version} is in the console, among the development versions.`]
  const who = 'with WeChat, signed in as a member of the mini-program.'
  // The terminal's code is read from WeChat's image, which fails for some.
  const where =
    qrCode === '' ? `✓ The QR code is in ${qrFile}: scan it ${who}` : `✓ Scan it ${who} It is in ${qrFile}, too.`
  return [...lines, where]
}

function packageName(name: string): string {
  return name === '__FULL__' ? 'all' : name === '__APP__' ? 'main package' : name
}
