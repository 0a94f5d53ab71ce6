/** Runs the call service alone: `node --import tsx server/main.ts [--port 8360 …]`. */
import { readConfig } from './config'
import { ffmpegWarning, findFfmpeg } from './recording/compose/ffmpeg'
import { closeOnSignals, fail } from './run'
import { createService, type Listening } from './service'

async function main(): Promise<void> {
  const config = readConfig(process.env, process.argv.slice(2))
  const service = await createService(config)
  closeOnSignals(() => service.close())
  greet(await service.listen(), config.devTokens)
  const warning = ffmpegWarning(await findFfmpeg(config.ffmpegPath))
  if (warning !== null) process.stderr.write(`${warning}\n`)
}

function greet({ url, rtmpPort, addresses }: Listening, devTokens: boolean): void {
  const lines = [
    `The call service is at ${url} (RTMP port ${rtmpPort}).`,
    ...addresses.lan.map((address) => `On a phone in the same network enter ${address}`),
    devTokens
      ? 'Anybody can sign in as any account (DEV_TOKENS=on): for development only.'
      : 'Signing in by name is off. For development, set DEV_TOKENS=on.',
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}

main().catch(fail)
