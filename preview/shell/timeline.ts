/** The events of calls as they happen, a colour for each part. */
import type { TimelineEntry, TimelinePart } from '../../server/timeline'
import { dom } from '../elements/element'
import type { Texts } from './texts'

const PARTS = ['signalling', 'gateway', 'media', 'recording', 'callback'] as const satisfies readonly TimelinePart[]
/** Rows kept; older ones are removed. */
const KEPT = 500
/** Distance from the end that counts as following, px. */
const AT_END = 40

export class TimelinePanel {
  readonly node = dom('section', { className: 'timeline' })
  private readonly heading = dom('h2')
  private readonly chips = dom('div', { className: 'chips' })
  private readonly list = dom('ol', { className: 'events' })
  private readonly empty = dom('p', { className: 'empty' })
  private readonly clear = dom('button', { className: 'quiet' })
  private readonly hidden = new Set<TimelinePart>()

  constructor(private readonly texts: () => Texts) {
    this.list.tabIndex = 0
    this.clear.addEventListener('click', () => {
      this.list.replaceChildren()
      this.empty.hidden = false
    })
    this.node.append(dom('header', {}, this.heading, this.clear), this.chips, this.empty, this.list)
    this.draw()
  }

  draw(): void {
    const texts = this.texts()
    this.heading.textContent = texts.timeline
    this.empty.textContent = texts.empty
    this.clear.textContent = texts.clear
    this.chips.replaceChildren(...PARTS.map((part) => this.chip(part)))
    for (const tag of this.list.querySelectorAll<HTMLElement>('.part')) {
      const part = PARTS.find((known) => known === tag.closest('li')?.dataset['part'])
      if (part) tag.textContent = texts.parts[part]
    }
  }

  add(entry: TimelineEntry): void {
    const { list } = this
    const reading = list.scrollHeight - list.scrollTop - list.clientHeight < AT_END
    list.append(this.row(entry))
    while (list.children.length > KEPT) list.firstElementChild?.remove()
    this.empty.hidden = true
    if (reading) list.scrollTop = list.scrollHeight
  }

  private row(entry: TimelineEntry): HTMLElement {
    const { part, name, account, cid, at, data } = entry
    const time = dom('time', { textContent: timeOf(at) })
    const tag = dom('span', { className: 'part', textContent: this.texts().parts[part] })
    const title = dom('b', { textContent: name })
    const who = dom('span', { className: 'who', textContent: [account, summary(data)].filter(Boolean).join(' · ') })
    const json = dom('pre', { hidden: true })
    const line = dom('button', { className: 'event' }, time, tag, title, who)
    line.setAttribute('aria-expanded', 'false')
    line.addEventListener('click', () => {
      json.hidden = !json.hidden
      json.textContent ||= JSON.stringify({ cid, account, at: new Date(at).toISOString(), ...data }, null, 2)
      line.setAttribute('aria-expanded', String(!json.hidden))
    })
    const row = dom('li', { hidden: this.hidden.has(part) }, line, json)
    row.dataset['part'] = part
    return row
  }

  private chip(part: TimelinePart): HTMLElement {
    const chip = dom('button', { className: 'chip', textContent: this.texts().parts[part] })
    chip.dataset['part'] = part
    chip.setAttribute('aria-pressed', String(!this.hidden.has(part)))
    chip.addEventListener('click', () => {
      if (!this.hidden.delete(part)) this.hidden.add(part)
      chip.setAttribute('aria-pressed', String(!this.hidden.has(part)))
      for (const row of this.list.querySelectorAll<HTMLElement>(`li[data-part="${part}"]`)) {
        row.hidden = this.hidden.has(part)
      }
    })
    return chip
  }
}

function timeOf(at: number): string {
  const date = new Date(at)
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** The few values that distinguish events. */
function summary(data: Record<string, unknown>): string {
  return Object.values(data)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .slice(0, 2)
    .join(' · ')
}
