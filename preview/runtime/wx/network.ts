/** Requests, downloads and the state of the network. */
import type { NetworkState } from '../../conditions/network'
import { Listeners } from '../emitter'
import type { Phone } from '../phone'
import { api } from './api'

interface RequestOptions {
  url: string
  method?: string
  data?: string | ArrayBuffer | Record<string, unknown>
  header?: Record<string, string>
  timeout?: number
  dataType?: string
  responseType?: 'text' | 'arraybuffer'
}

const TIMEOUT = 60_000

async function request(options: RequestOptions, abort: AbortController) {
  const { method = 'GET', data, header = {}, timeout = TIMEOUT, dataType = 'json', responseType = 'text' } = options
  const timer = setTimeout(() => abort.abort(new Error('timeout')), timeout)
  const url = new URL(options.url)
  const init: RequestInit = { method, headers: { 'content-type': 'application/json', ...header }, signal: abort.signal }
  const inUrl = method === 'GET' || method === 'HEAD'
  if (inUrl && typeof data === 'object' && !(data instanceof ArrayBuffer)) {
    for (const [name, value] of Object.entries(data)) url.searchParams.set(name, String(value))
  } else if (!inUrl && data !== undefined) {
    init.body = typeof data === 'string' || data instanceof ArrayBuffer ? data : JSON.stringify(data)
  }
  try {
    const response = await fetch(url, init)
    const body = responseType === 'arraybuffer' ? await response.arrayBuffer() : await response.text()
    const parsed = typeof body === 'string' && dataType === 'json' ? parse(body) : body
    return { statusCode: response.status, header: Object.fromEntries(response.headers), data: parsed, cookies: [] }
  } catch (error) {
    if (abort.signal.aborted) throw abort.signal.reason
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

async function download(
  { url, header = {} }: { url: string; header?: Record<string, string> },
  { signal }: AbortController,
  progress: (progress: Progress) => void,
) {
  const response = await fetch(url, { headers: header, signal })
  const whole = Number(response.headers.get('content-length'))
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let written = 0
  const reader = response.body?.getReader()
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    chunks.push(read.value)
    written += read.value.byteLength
    const percent = whole > 0 ? Math.floor((written / whole) * 100) : 0
    progress({ progress: percent, totalBytesWritten: written, totalBytesExpectedToWrite: whole })
  }
  return { statusCode: response.status, tempFilePath: URL.createObjectURL(new Blob(chunks)) }
}

interface Progress {
  /** Percent. */
  progress: number
  totalBytesWritten: number
  totalBytesExpectedToWrite: number
}
type Carry<O> = (options: O, abort: AbortController, progress: (progress: Progress) => void) => Promise<object>

/** Effects of network and background on a request: the first aborts it, the second gives it five seconds. */
function exposed<O>({ network, background }: Phone['conditions'], carry: Carry<O>): Carry<O> {
  return async (options, abort, progress) => {
    const lose = (): void => abort.abort(new Error('errcode:-21 net::ERR_NETWORK_CHANGED'))
    const interrupt = (): void => abort.abort(new Error('interrupted'))
    const leave = network.join({ lose, release: () => undefined })
    background.suspended.changes.add(interrupt)
    try {
      return await carry(options, abort, progress)
    } finally {
      leave()
      background.suspended.changes.remove(interrupt)
    }
  }
}

/** A request that can be aborted; also a promise if there are no callbacks, as in WeChat. */
function task<O extends object>(name: string, carry: Carry<O>) {
  return (options: O) => {
    const abort = new AbortController()
    const progress = new Listeners<Progress>()
    const result = api(name, (given: O) => carry(given, abort, progress.emit.bind(progress)))(options)
    return Object.assign(result ?? {}, {
      abort: () => abort.abort(new Error('abort')),
      onProgressUpdate: progress.add,
      offProgressUpdate: progress.remove,
      onHeadersReceived: () => undefined,
      offHeadersReceived: () => undefined,
    })
  }
}

export function networkApi({ conditions }: Phone) {
  const { network, background } = conditions
  const changes = new Listeners<NetworkState>()
  network.changes.add((state) => background.deliver(() => changes.emit(state)))
  return {
    request: task('request', exposed(conditions, request)),
    downloadFile: task('downloadFile', exposed(conditions, download)),
    getNetworkType: api('getNetworkType', () => {
      const { networkType } = network.state
      return { networkType, signalStrength: networkType === 'none' ? 0 : 4, hasSystemProxy: false, weakNet: false }
    }),
    onNetworkStatusChange: changes.add,
    offNetworkStatusChange: changes.remove,
    onNetworkWeakChange: () => undefined,
    offNetworkWeakChange: () => undefined,
  }
}
