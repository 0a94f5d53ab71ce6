/** The call service as a process that can be killed. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestService } from './service'
import { until } from './until'

const ROOT = join(__dirname, '../..')
/** Length kept of the service's output, characters. */
const KEPT = 20_000

/** A service as its clients see it, wherever it runs. */
export type Reachable = Pick<TestService, 'url' | 'port' | 'rtmpPort' | 'token' | 'get'>

export class ServiceProcess implements Reachable {
  url = ''
  port = 0
  rtmpPort = 0
  private said = ''

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.said = (this.said + chunk.toString()).slice(-KEPT)))
    }
  }

  /** Starts it on free ports. Its configuration comes from `environment` only. */
  static spawn(environment: Record<string, string>): ServiceProcess {
    const env = { PATH: process.env['PATH'], PORT: '0', RTMP_PORT: '0', LOG_LEVEL: 'warn', ...environment }
    return new ServiceProcess(spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], { cwd: ROOT, env }))
  }

  /** Its last output. */
  get words(): string {
    return this.said
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Resolves when its ports are open. */
  async ready(): Promise<this> {
    const greeting = (): RegExpExecArray | null =>
      /at (http:\/\/127\.0\.0\.1:(\d+)) \(RTMP port (\d+)\)/.exec(this.said)
    await until(() => greeting() !== null || !this.isRunning, 'the greeting', 60_000)
    const [, url, port, rtmpPort] = greeting() ?? []
    if (url === undefined) throw new Error(`The service did not start: ${this.said}`)
    Object.assign(this, { url, port: Number(port), rtmpPort: Number(rtmpPort) })
    return this
  }

  /** Like `kill -9`. */
  async kill(): Promise<void> {
    if (!this.isRunning) return
    this.child.kill('SIGKILL')
    await once(this.child, 'exit')
  }

  async token(account: string): Promise<string> {
    const body = JSON.stringify({ account })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${this.url}/api/tokens`, { method: 'POST', headers, body })
    const answer: { token: string } = await response.json()
    return answer.token
  }

  async get(path: string, account: string | null = null): Promise<{ status: number; body: unknown }> {
    const headers = account === null ? {} : { authorization: `Bearer ${await this.token(account)}` }
    const response = await fetch(this.url + path, { headers })
    return { status: response.status, body: await response.json() }
  }
}
