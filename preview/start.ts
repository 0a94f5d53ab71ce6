import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { readConfig } from '../server/config'
import { createService, type Listening } from '../server/service'
import { createVite } from './vite'

export interface Preview {
  readonly listening: Listening
  /** Whether whoever reaches it may sign in as anybody. */
  readonly devTokens: boolean
  close(): Promise<void>
}

/**
 * Starts the service and the page; `args` and `environment` are the service's, `switches` the caller's own options.
 * Rejects with a `ConfigError`, `ListenError` or `DatabaseError`.
 */
export async function startPreview(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  switches: readonly string[] = [],
): Promise<Preview> {
  // What happens is on the page; the terminal says what goes wrong.
  const config = readConfig({ LOG_LEVEL: 'warn', ...environment }, args, switches)
  let page: RequestListener = notYet
  const service = await createService(config, {
    fallback: (request, response) => page(request, response),
  })
  // Beside the service's data, so that two previews do not write into one another's.
  const vite = await createVite(service.server, { cacheDir: join(config.dataDir, 'vite') })
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

const notYet: RequestListener = (_, response) => void response.writeHead(503).end()
