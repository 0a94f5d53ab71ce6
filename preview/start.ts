import { existsSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join, resolve } from 'node:path'
import { ConfigError, readConfig } from '../server/config'
import { createService, type Listening } from '../server/service'

export interface Preview {
  readonly listening: Listening
  /** Whether whoever reaches it may sign in as anybody. */
  readonly devTokens: boolean
  close(): Promise<void>
}

/**
 * Starts the service and the page; `args` and `environment` are the service's, but for `MINIPROGRAM`, the folder that the
 * phones run in place of this project's; `switches` are the caller's own options. Rejects with a `ConfigError`,
 * `ListenError` or `DatabaseError`.
 */
export async function startPreview(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  switches: readonly string[] = [],
): Promise<Preview> {
  // What happens is on the page; the terminal says what goes wrong.
  const config = readConfig({ LOG_LEVEL: 'warn', ...environment }, args, switches)
  const sources = readSources(environment['MINIPROGRAM'])
  let page: RequestListener = notYet
  // Only now: it takes a second to load, and what is wrong with the options is told without it.
  const { createVite } = await import('./vite')
  const service = await createService(config, {
    fallback: (request, response) => page(request, response),
  })
  // Beside the service's data, so that two previews do not write into one another's.
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
