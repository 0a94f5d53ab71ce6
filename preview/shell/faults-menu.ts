/** The menu of faults under each phone, and the current one as text. */
import { DEVICES, type Device, type Permission } from '../conditions/permissions'
import { dom } from '../elements/element'
import type { Faults, FaultsState } from '../runtime/faults'
import type { Texts } from './texts'

/** Choices of seconds without network. */
const DROPS = [5, 20, 60]
const PERMISSIONS: readonly Permission[] = ['granted', 'refused', 'refused-by-system']
const TOGGLES = ['interrupted', 'background', 'privacyNeeded', 'simulator'] as const
type Toggle = (typeof TOGGLES)[number]

export class FaultsMenu {
  private readonly menu = dom('div', { className: 'faults-menu', popover: 'auto' })
  private readonly open = dom('button', { className: 'faults-open', popoverTargetElement: this.menu })
  private readonly active = dom('span', { className: 'faults-active' })
  readonly node = dom('div', { className: 'faults' }, this.open, this.active, this.menu)
  private ticking: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly account: string,
    private readonly frame: HTMLIFrameElement,
    private readonly texts: () => Texts,
  ) {
    this.menu.setAttribute('role', 'dialog')
    this.active.setAttribute('role', 'status')
    this.menu.addEventListener('beforetoggle', () => this.drawMenu())
    // A tap on a phone closes the menu.
    window.addEventListener('blur', () => this.menu.hidePopover())
    frame.addEventListener('load', () => {
      faultsOf(frame)?.changes.add(() => this.draw())
      this.draw()
    })
    this.draw()
  }

  draw(): void {
    const texts = this.texts().faults
    const faults = faultsOf(this.frame)
    this.open.textContent = texts.title
    this.open.disabled = !faults
    this.menu.setAttribute('aria-label', `${texts.title} · ${this.account}`)
    const words = faults ? suffered(faults.state, this.texts()) : []
    this.active.replaceChildren(...words.map((word) => dom('b', { textContent: word })))
    this.active.title = words.join(' · ')
    if (this.menu.matches(':popover-open')) this.drawMenu()
    // Seconds until the network returns.
    clearTimeout(this.ticking)
    if (faults && faults.state.networkBackAt !== null) this.ticking = setTimeout(() => this.draw(), 500)
  }

  private drawMenu(): void {
    const faults = faultsOf(this.frame)
    if (!faults) return
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['fault'] : undefined
    this.menu.replaceChildren(
      this.network(faults),
      ...DEVICES.toReversed().map((device) => this.permission(faults, device)),
      ...TOGGLES.map((toggle) => this.toggle(faults, toggle)),
    )
    if (focused !== undefined) this.menu.querySelector<HTMLElement>(`[data-fault="${focused}"]`)?.focus()
  }

  private network(faults: Faults): HTMLElement {
    const texts = this.texts().faults
    const drops = faults.state.network
      ? DROPS.map((seconds) => this.action(`${seconds} s`, `drop-${seconds}`, () => faults.dropNetwork(seconds * 1000)))
      : [this.action(texts.restoreNetwork, 'restore', () => faults.network(true))]
    const kill = this.action(texts.break, 'kill', () => faults.killLink())
    return dom(
      'div',
      { className: 'faults-group' },
      row(texts.dropNetwork, dom('span', { className: 'faults-choices' }, ...drops)),
      row(texts.killLink, dom('span', { className: 'faults-choices' }, kill)),
    )
  }

  /** A button that runs its action and closes the menu. */
  private action(textContent: string, name: string, act: () => void): HTMLElement {
    const button = dom('button', { textContent })
    button.dataset['fault'] = name
    button.addEventListener('click', () => {
      this.menu.hidePopover()
      act()
    })
    return button
  }

  private permission(faults: Faults, device: Device): HTMLElement {
    const texts = this.texts().faults
    const choices = PERMISSIONS.map((permission) => {
      const input = dom('input', { type: 'radio', name: `${device}-${this.account}`, value: permission })
      input.checked = faults.state.permissions[device] === permission
      input.dataset['fault'] = `${device}-${permission}`
      input.addEventListener('change', () => faults.permission(device, permission))
      return dom('label', {}, input, dom('span', { textContent: texts.permissions[permission] }))
    })
    const group = dom('span', { className: 'faults-choices' }, ...choices)
    group.setAttribute('role', 'radiogroup')
    group.setAttribute('aria-label', texts.devices[device])
    return row(texts.devices[device], group)
  }

  private toggle(faults: Faults, toggle: Toggle): HTMLElement {
    const input = dom('input', { type: 'checkbox', checked: faults.state[toggle] })
    input.setAttribute('role', 'switch')
    input.dataset['fault'] = toggle
    input.addEventListener('change', () => flip(faults, toggle, input.checked))
    return dom('label', { className: 'faults-row' }, this.texts().faults[toggle], input)
  }
}

function row(label: string, ...content: Node[]): HTMLElement {
  return dom('div', { className: 'faults-row' }, dom('span', { textContent: label }), ...content)
}

function flip(faults: Faults, toggle: Toggle, on: boolean): void {
  if (toggle === 'interrupted') faults.interrupt(on)
  else faults[toggle](on)
}

function suffered(state: FaultsState, { faults: texts }: Texts): string[] {
  const words: string[] = []
  if (!state.network) {
    const left = state.networkBackAt === null ? null : Math.max(0, Math.ceil((state.networkBackAt - Date.now()) / 1000))
    words.push(left === null ? texts.active.network : `${texts.active.network} ${left} s`)
  }
  for (const device of DEVICES) {
    const permission = state.permissions[device]
    if (permission !== 'granted') words.push(texts.active[permission].replace('{device}', texts.devices[device]))
  }
  for (const toggle of TOGGLES) if (state[toggle]) words.push(texts.active[toggle])
  return words
}

/** A phone's switches, also used by tests; null while it starts, or if it fails. */
function faultsOf({ contentWindow }: HTMLIFrameElement): Faults | null {
  const phone: unknown = contentWindow && Reflect.get(contentWindow, '__phone')
  return hasFaults(phone) ? phone.faults : null
}
function hasFaults(phone: unknown): phone is { faults: Faults } {
  return typeof phone === 'object' && phone !== null && 'faults' in phone
}
