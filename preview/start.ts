import { existsSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join, resolve } from 'node:path'
import { ConfigError, readConfig } from '../server/config'
import { createService, type Listening } from '../server/service'

export interface Preview {
  readonly listening: Listening
  /** True if a client can sign in as any account without an app's own login. */
  readonly devTokens: boolean
  close(): Promise<void>
}

/**
 * Starts the service and the page. `args` and `environment` are the service's, except `MINIPROGRAM`, the folder of the mini-program to run;
 * `switches`: the caller's own options. Rejects with a `ConfigError`, `ListenError` or `DatabaseError`.
 */
export async function startPreview(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  switches: readonly string[] = [],
): Promise<Preview> {
  // Events are shown on the page; the terminal shows errors.
  const config = readConfig({ LOG_LEVEL: 'warn', ...environment }, args, switches)
  const sources = readSources(environment['MINIPROGRAM'])
  let page: RequestListener = notYet
  // Loaded late: it takes a second, and invalid options are reported without it.
  const { createVite } = await import('./vite')
  const service = await createService(config, {
    fallback: (request, response) => page(request, response),
  })
  // Next to the service's data, so that two previews do not share it.
  const vite = await createVite(service.server, { cacheDir: join(config.dataDir, 'vite'), ...sources })
  page = vite.middlewares
  const close = async (): Promise<void> => {
    await vite.close()
    await service.close()
  }
  try {
    return { listening: await service.listen(), devTokens: config.devTokens, close }
  } catch (error) {
    await close()
    throw error
  }
}

function readSources(folder: string | undefined): { sources?: string } {
  if (!folder) return {}
  const sources = resolve(folder)
  if (existsSync(join(sources, 'app.json'))) return { sources }
  throw new ConfigError(`MINIPROGRAM: there is no app.json in ${sources}`)
}

const notYet: RequestListener = (_, response) => void response.writeHead(503).end()
