/** Runs the call service alone: `node --import tsx server/main.ts [--port 8360 …]`. */
import { ConfigError, readConfig } from './config'
import { ListenError } from './media/errors'
import { createService, type Listening, type Service } from './service'
import { DatabaseError } from './store/database'

async function main(): Promise<void> {
  const config = readConfig(process.env, process.argv.slice(2))
  const service = await createService(config)
  stopOnSignals(service)
  greet(await service.listen(), config.devTokens)
}

function greet({ url, rtmpPort, addresses }: Listening, devTokens: boolean): void {
  const lines = [
    `The call service is at ${url} (RTMP port ${rtmpPort}).`,
    ...addresses.lan.map((address) => `On a phone in the same network enter ${address}`),
    devTokens
      ? 'Anybody who reaches it may sign in as anybody (DEV_TOKENS=on): for development only.'
      : 'Signing in by name is off; DEV_TOKENS=on allows it, for development.',
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}

function stopOnSignals(service: Service): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) process.exit(1)
    stopping = true
    service.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** What the user can mend is said in a sentence; anything else with its stack. */
function fail(error: unknown): void {
  const known = error instanceof ConfigError || error instanceof ListenError || error instanceof DatabaseError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}

main().catch(fail)
