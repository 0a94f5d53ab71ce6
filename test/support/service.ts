import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig, type Config } from '../../server/config'
import { createLog } from '../../server/log'
import { createService, type Service, type ServiceHooks } from '../../server/service'
import { REMUX_HERE } from './remux'

/** A callback is retried at once, to show its fate to a test. */
const FAST_RETRIES = { timeout: 10_000, tries: 4, firstDelay: 20, longestDelay: 100 }

export interface TestService {
  service: Service
  /** `http://127.0.0.1:<port>` */
  url: string
  port: number
  rtmpPort: number
  dataDir: string
  /** A token from `POST /api/tokens`. */
  token(account: string): Promise<string>
  /** GET with the account's token (none if null); status and JSON of the answer. */
  get(path: string, account?: string | null): Promise<{ status: number; body: unknown }>
  /** Stops the service; its data are kept for `startService({ dataDir })`. */
  stop(): Promise<void>
  /** Stops the service and removes its data. */
  close(): Promise<void>
}

/** A real service on its own ports, with an empty data directory by default. */
export async function startService(config: Partial<Config> = {}, hooks: ServiceHooks = {}): Promise<TestService> {
  const dataDir = config.dataDir ?? mkdtempSync(join(tmpdir(), 'service-'))
  const service = await createService(
    { ...readConfig({}), port: 0, rtmpPort: 0, ...config, dataDir },
    { log: createLog('silent'), retryPolicy: FAST_RETRIES, remuxer: REMUX_HERE, ...hooks },
  )
  const { url, port, rtmpPort } = await service.listen()

  const token = async (account: string): Promise<string> => {
    const response = await fetch(`${url}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
    })
    const body: unknown = await response.json()
    if (typeof body === 'object' && body !== null && 'token' in body) return String(body.token)
    throw new Error(`no token for ${account}: ${JSON.stringify(body)}`)
  }
  return {
    service,
    url,
    port,
    rtmpPort,
    dataDir,
    token,
    async get(path, account = null) {
      const headers = account === null ? {} : { authorization: `Bearer ${await token(account)}` }
      const response = await fetch(url + path, { headers })
      return { status: response.status, body: await response.json() }
    },
    stop: () => service.close(),
    async close() {
      await service.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
