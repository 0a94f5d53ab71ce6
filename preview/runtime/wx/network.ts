/** Requests, downloads and the state of the network. */
import { Listeners } from '../emitter'
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

async function download({ url, header = {} }: { url: string; header?: Record<string, string> }) {
  const response = await fetch(url, { headers: header })
  return { statusCode: response.status, tempFilePath: URL.createObjectURL(await response.blob()) }
}

/** A running request that can be aborted; also a promise, as WeChat's is without callbacks. */
function task<O extends object>(name: string, run: (options: O, abort: AbortController) => Promise<object>) {
  return (options: O) => {
    const abort = new AbortController()
    const result = api(name, (given: O) => run(given, abort))(options)
    return Object.assign(result ?? {}, {
      abort: () => abort.abort(new Error('abort')),
      onProgressUpdate: () => undefined,
      offProgressUpdate: () => undefined,
      onHeadersReceived: () => undefined,
      offHeadersReceived: () => undefined,
    })
  }
}

const state = () => ({ isConnected: navigator.onLine, networkType: navigator.onLine ? 'wifi' : 'none' })

export function networkApi() {
  const changes = new Listeners<{ isConnected: boolean; networkType: string }>()
  for (const type of ['online', 'offline']) window.addEventListener(type, () => changes.emit(state()))
  return {
    request: task('request', request),
    downloadFile: task('downloadFile', download),
    getNetworkType: api('getNetworkType', () => ({ ...state(), signalStrength: 4, hasSystemProxy: false })),
    onNetworkStatusChange: changes.add,
    offNetworkStatusChange: changes.remove,
    onNetworkWeakChange: () => undefined,
    offNetworkWeakChange: () => undefined,
  }
}
