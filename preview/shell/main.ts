/** The page around the phones. */
import './shell.css'
import type { TimelineEntry } from '../../server/timeline'
import { dom } from '../elements/element'
import { Phones } from './phones'
import { keepPreferences, MOST_PHONES, nextAccount, readPreferences } from './preferences'
import { ResultsPanel } from './results'
import { textsOf } from './texts'
import { TimelinePanel } from './timeline'

const preferences = readPreferences()
const texts = () => textsOf(preferences.language)

const phones = new Phones(
  () => preferences,
  texts,
  (account) => {
    preferences.accounts = preferences.accounts.filter((name) => name !== account)
    draw()
  },
)
const timeline = new TimelinePanel(texts)
const results = new ResultsPanel(texts, () => preferences.accounts)

const title = dom('h1')
const state = dom('span', { className: 'state' })
const addPhone = dom('button')
const source = dom('button')
const theme = dom('button')
const language = dom('button')

addPhone.addEventListener('click', () => {
  const account = nextAccount(preferences.accounts)
  if (account !== undefined) preferences.accounts.push(account)
  draw()
})
source.addEventListener('click', () => {
  preferences.source = preferences.source === 'camera' ? 'synthetic' : 'camera'
  draw()
  phones.restart()
})
theme.addEventListener('click', () => {
  preferences.theme = preferences.theme === 'dark' ? 'light' : 'dark'
  draw()
  phones.setTheme(preferences.theme)
})
language.addEventListener('click', () => {
  preferences.language = preferences.language === 'zh' ? 'en' : 'zh'
  draw()
  phones.restart()
})

function draw(): void {
  const words = texts()
  document.documentElement.dataset['theme'] = preferences.theme
  document.documentElement.lang = preferences.language === 'zh' ? 'zh-CN' : 'en'
  document.title = title.textContent = words.title
  addPhone.textContent = `+ ${words.addPhone}`
  addPhone.disabled = preferences.accounts.length >= MOST_PHONES
  source.textContent = preferences.source === 'camera' ? words.camera : words.synthetic
  source.title = words.source
  theme.textContent = preferences.theme === 'dark' ? words.light : words.dark
  language.textContent = words.language
  keepPreferences(preferences)
  phones.draw()
  timeline.draw()
  results.draw()
}

function listen(): void {
  const events = new EventSource('api/events')
  const tell = (connected: boolean): void => {
    state.dataset['connected'] = String(connected)
    const closed = events.readyState === EventSource.CLOSED
    state.textContent = connected ? texts().live : closed ? texts().off : texts().offline
  }
  events.addEventListener('open', () => {
    tell(true)
    void results.refresh()
  })
  events.addEventListener('error', () => tell(false))
  events.addEventListener('message', (event: MessageEvent<string>) => {
    const entry: TimelineEntry = JSON.parse(event.data)
    timeline.add(entry)
    if (entry.part === 'callback' || entry.part === 'recording') void results.refresh()
  })
}

const tools = dom('nav', {}, addPhone, source, theme, language)
const panel = dom('aside', { className: 'panel' }, timeline.node, results.node)
document.body.append(
  dom('header', { className: 'top' }, title, state, tools),
  dom('div', { className: 'stage' }, phones.node, panel),
)
draw()
listen()
