/** Shows errors in a phone on its screen and in the console. */
import { addGlobalErrorListener, addGlobalWarningListener } from 'glass-easel'
import { dom } from '../elements/element'

/** Something unknown to the preview: a tag, or a part of `wx`. */
export class NotSimulated extends Error {
  override readonly name = 'NotSimulated'

  constructor(what: string) {
    super(`${what} is not simulated by the preview`)
  }
}

const SHOWN = 5

export class Problems {
  private readonly panel = dom('div', { className: 'phone-problems', hidden: true })

  constructor(screen: HTMLElement) {
    this.panel.setAttribute('role', 'alert')
    this.panel.addEventListener('click', () => {
      this.panel.hidden = true
      this.panel.replaceChildren()
    })
    screen.append(this.panel)
  }

  /** Shows uncaught errors from now on. */
  listen(): void {
    addGlobalErrorListener((error, method) => {
      this.show(error, typeof method === 'string' ? method : '')
      return false
    })
    addGlobalWarningListener((message) => {
      console.warn(message)
      return false
    })
    window.addEventListener('error', (event) => this.show(event.error ?? event.message))
    window.addEventListener('unhandledrejection', (event) => this.show(event.reason))
  }

  show(error: unknown, where = ''): void {
    console.error(where, error)
    const line = dom('p', {}, `${where === '' ? '' : `${where}: `}${describe(error)}`)
    this.panel.append(line)
    while (this.panel.children.length > SHOWN) this.panel.firstChild?.remove()
    this.panel.hidden = false
  }
}

function describe(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`
  if (typeof error === 'object' && error !== null && 'errMsg' in error) return String(error.errMsg)
  return String(error)
}
