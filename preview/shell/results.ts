/** Results of calls: recorded files, and callbacks at the demo receiver. */
import type { ApiFile, ApiRecordings } from '../../miniprogram/netcall/http-api'
import type { ReceivedCallbackRow } from '../../server/store/types'
import { dom } from '../elements/element'
import type { Texts } from './texts'

const SHOWN = 40

export class ResultsPanel {
  readonly node = dom('section', { className: 'results' })
  private readonly filesHeading = dom('h2')
  private readonly files = dom('ul', { className: 'files' })
  private readonly callbacksHeading = dom('h2')
  private readonly callbacks = dom('ul', { className: 'callbacks' })
  private readonly tokens = new Map<string, string>()
  private shown: { files: ApiFile[]; callbacks: ReceivedCallbackRow[] } = { files: [], callbacks: [] }
  private loading = false
  private again = false

  constructor(
    private readonly texts: () => Texts,
    private readonly accounts: () => string[],
  ) {
    this.node.append(this.filesHeading, this.files, this.callbacksHeading, this.callbacks)
    this.draw()
  }

  /** Loads the current results. */
  async refresh(): Promise<void> {
    this.again = this.loading
    if (this.loading) return
    this.loading = true
    try {
      const lists = await Promise.all(this.accounts().map((account) => this.filesOf(account)))
      const files = new Map(lists.flat().map((file) => [`${file.cid}/${file.filename}`, file]))
      const { callbacks } = await json<{ callbacks: ReceivedCallbackRow[] }>('api/callbacks')
      this.shown = { files: [...files.values()].sort((a, b) => b.cid - a.cid), callbacks }
      this.draw()
    } catch (error) {
      console.warn('The list of files and callbacks could not be had.', error)
    } finally {
      this.loading = false
    }
    if (this.again) await this.refresh()
  }

  draw(): void {
    const texts = this.texts()
    this.filesHeading.textContent = texts.files
    this.callbacksHeading.textContent = texts.callbacks
    const { files, callbacks } = this.shown
    this.files.replaceChildren(
      ...orEmpty(
        files.slice(0, SHOWN).map((file) => fileRow(file, texts)),
        texts.noFiles,
      ),
    )
    this.callbacks.replaceChildren(
      ...orEmpty(
        callbacks.slice(0, SHOWN).map((row) => callbackRow(row, texts)),
        texts.noCallbacks,
      ),
    )
  }

  private async filesOf(account: string): Promise<ApiFile[]> {
    let token = this.tokens.get(account)
    if (token === undefined) {
      const body = JSON.stringify({ account })
      const headers = { 'content-type': 'application/json' }
      ;({ token } = await json<{ token: string }>('api/tokens', { method: 'POST', headers, body }))
      this.tokens.set(account, token)
    }
    const headers = { authorization: `Bearer ${token}` }
    return (await json<ApiRecordings>('api/recordings', { headers })).recordings
  }
}

function fileRow(file: ApiFile, texts: Texts): HTMLElement {
  const length = `${(file.duration / 1000).toFixed(1)} s`
  const size = `${Math.max(1, Math.round(file.size / 1000))} KB`
  const name = dom('a', { href: file.url.replace(/^\//, ''), target: '_blank', textContent: file.filename })
  const about = dom('small', { textContent: `${file.mix ? texts.mixed : file.account} · ${length} · ${size}` })
  const kind = dom('span', { className: 'kind', textContent: file.kind })
  const play = dom('button', { className: 'play', textContent: '▶' })
  play.setAttribute('aria-label', `play ${file.filename}`)
  const row = dom('li', {}, kind, dom('div', {}, name, about))
  // Browsers cannot play flv files.
  if (file.kind !== 'flv') row.append(play)
  row.dataset['kind'] = file.kind
  play.addEventListener('click', () => {
    const open = row.querySelector('video, audio')
    if (open) return open.remove()
    const player = dom(file.kind === 'mp4' ? 'video' : 'audio', { src: name.href, controls: true, autoplay: true })
    row.append(player)
  })
  return row
}

function callbackRow(
  { valid, problem, eventType, cid, receivedAt, body }: ReceivedCallbackRow,
  texts: Texts,
): HTMLElement {
  const what = eventType === '5' || eventType === '6' || eventType === '20' ? texts.events[eventType] : eventType
  const mark = dom('span', { className: 'mark', textContent: valid ? `✓ ${texts.valid}` : `✕ ${texts.invalid}` })
  mark.dataset['valid'] = String(valid)
  const title = dom('b', { textContent: `${eventType} ${what}` })
  const about = dom('small', {
    title: String(cid ?? ''),
    textContent: `…${String(cid ?? '–').slice(-6)} · ${new Date(receivedAt).toTimeString().slice(0, 8)}`,
  })
  const details = dom('pre', { hidden: true, textContent: [problem, pretty(body)].filter(Boolean).join('\n') })
  const line = dom('button', { className: 'event' }, title, about, mark)
  line.addEventListener('click', () => (details.hidden = !details.hidden))
  return dom('li', {}, line, details)
}

function orEmpty(rows: HTMLElement[], text: string): HTMLElement[] {
  return rows.length > 0 ? rows : [dom('li', { className: 'empty', textContent: text })]
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

async function json<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const answer: T = await response.json()
  return answer
}
