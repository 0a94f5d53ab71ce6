/** Preferences from the page's URL and the last visit: phones, theme, language, camera. */
import type { ShellLanguage } from './texts'

export interface Preferences {
  accounts: string[]
  theme: 'light' | 'dark'
  language: ShellLanguage
  source: 'camera' | 'synthetic'
  /** All other parameters are passed to the phones. */
  rest: [name: string, value: string][]
}

const KEY = 'preview'
const OWN = ['accounts', 'theme', 'lang', 'source']
const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan']
export const MOST_PHONES = NAMES.length

export function readPreferences(): Preferences {
  const query = new URLSearchParams(location.search)
  const kept = new URLSearchParams(localStorage.getItem(KEY) ?? '')
  const value = (name: string): string | null => query.get(name) ?? kept.get(name)
  const accounts = (query.get('accounts') ?? 'alice,bob')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const language = value('lang') ?? navigator.language
  const prefersDark = matchMedia('(prefers-color-scheme: dark)').matches
  return {
    accounts: [...new Set(accounts)].slice(0, MOST_PHONES),
    theme: (value('theme') ?? (prefersDark ? 'dark' : 'light')) === 'dark' ? 'dark' : 'light',
    language: language.toLowerCase().startsWith('zh') ? 'zh' : 'en',
    source: value('source') === 'synthetic' ? 'synthetic' : 'camera',
    rest: [...query].filter(([name]) => !OWN.includes(name)),
  }
}

/** Stored for the next visit, and in the URL for sharing. */
export function keepPreferences({ accounts, theme, language, source }: Preferences): void {
  localStorage.setItem(KEY, new URLSearchParams({ theme, lang: language, source }).toString())
  const query = new URLSearchParams(location.search)
  query.set('accounts', accounts.join(','))
  for (const name of ['theme', 'lang', 'source']) query.delete(name)
  history.replaceState(null, '', `?${query.toString().replaceAll('%2C', ',')}`)
}

export function nextAccount(accounts: readonly string[]): string | undefined {
  return NAMES.find((name) => !accounts.includes(name))
}
