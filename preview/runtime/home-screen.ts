/** The phone's screen while the mini-program is in the background. */
import { dom } from '../elements/element'
import type { Switch } from './emitter'
import type { Language } from './phone-query'

const WORDS = {
  zh_CN: { away: '小程序在后台', back: '回到小程序' },
  en: { away: 'The mini-program is in the background', back: 'Back to it' },
} as const

export function addHomeScreen(body: HTMLElement, hidden: Switch, language: Language, onBack: () => void): void {
  const words = WORDS[language]
  const back = dom('button', { textContent: words.back })
  back.addEventListener('click', onBack)
  const screen = dom('div', { className: 'phone-home', hidden: true }, dom('p', { textContent: words.away }), back)
  body.append(screen)
  hidden.changes.add((on) => {
    screen.hidden = !on
  })
}
