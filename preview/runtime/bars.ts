/** The bars around a page: status bar, navigation bar with capsule, tab bar. */
import { dom } from '../elements/element'
import type { TabBarConfig, Themes } from '../plugin/config'
import { assetUrl } from './assets'
import type { Theme } from './phone-query'
import type { Page } from './page'
import type { Router } from './router'

/** px; for `wx.getWindowInfo` and similar. */
const PLAIN = { top: 24, bottom: 0 }
const NOTCHED = { top: 47, bottom: 34 }
export const NAVIGATION_BAR = 44
export const CAPSULE = { width: 87, height: 32, right: 10 }

/** Height of the status bar with notch, and of the home indicator; px. */
export const insetsOf = ({ notch }: { notch: boolean }): { top: number; bottom: number } => (notch ? NOTCHED : PLAIN)

const SIGNAL = '5G ▮▮▮'
const CLOCK_INTERVAL = 10_000

export class Bars {
  private readonly clock = dom('span')
  private readonly signal = dom('span', { textContent: SIGNAL })
  private readonly status = dom('div', { className: 'phone-status' }, this.clock, this.signal)
  private readonly back = dom('button', { className: 'phone-back', textContent: '‹', hidden: true })
  private readonly title = dom('span', { className: 'phone-title' })
  private readonly navigation = dom('div', { className: 'phone-navigation' }, this.back, this.title)
  private readonly capsule = dom('div', { className: 'phone-capsule' })
  private readonly tabs = dom('div', { className: 'phone-tabs', hidden: true })
  /** Changes by `wx.setTabBar…`. */
  private readonly tabStyle: Partial<TabBarConfig> = {}
  private readonly tabItems = new Map<number, { text?: string; iconPath?: string; selectedIconPath?: string }>()
  private readonly badges = new Map<number, string>()
  private tabsHidden = false

  constructor(
    private readonly phone: HTMLElement,
    private readonly screen: HTMLElement,
    private readonly tabBar: TabBarConfig | undefined,
    private readonly themes: Themes | null,
    private readonly theme: () => Theme,
    private readonly router: () => Router,
  ) {
    this.status.setAttribute('aria-hidden', 'true')
    this.capsule.setAttribute('aria-hidden', 'true')
    this.back.setAttribute('aria-label', '返回 back')
    this.tabs.setAttribute('role', 'tablist')
    this.capsule.append(dom('span', { textContent: '•••' }), dom('span', { textContent: '◎' }))
    this.back.addEventListener('click', () => this.router().navigateBack())
    phone.append(this.status, this.navigation, screen, this.tabs, this.capsule)
    const tick = (): void => {
      this.clock.textContent = new Date().toTimeString().slice(0, 5)
    }
    tick()
    setInterval(tick, CLOCK_INTERVAL)
  }

  /** Whether there is a network. */
  setSignal(there: boolean): void {
    this.signal.textContent = there ? SIGNAL : '✕'
  }
  setTabStyle(style: Partial<TabBarConfig>): void {
    Object.assign(this.tabStyle, style)
    this.draw()
  }
  setTabItem(index: number, item: { text?: string; iconPath?: string; selectedIconPath?: string }): void {
    this.tabItems.set(index, { ...this.tabItems.get(index), ...item })
    this.draw()
  }
  setBadge(index: number, text: string | null): void {
    if (text === null) this.badges.delete(index)
    else this.badges.set(index, text)
    this.draw()
  }
  showTabs(shown: boolean): void {
    this.tabsHidden = !shown
    this.draw()
  }

  draw(): void {
    const page = this.router().current
    if (!page) return
    this.drawNavigation(page)
    this.drawTabs(page)
    const height = this.screen.clientHeight
    if (height > 0) this.screen.style.setProperty('--page-vh', `${height / 100}px`)
  }

  private drawNavigation(page: Page): void {
    const { navigationStyle, navigationBarTitleText = '' } = page.window
    const background = this.colour(page.window.navigationBarBackgroundColor) ?? '#000000'
    const style = this.colour(page.window.navigationBarTextStyle) ?? 'white'
    const custom = navigationStyle === 'custom'
    this.phone.classList.toggle('custom-navigation', custom)
    this.phone.style.setProperty('--bar-text', style === 'black' ? '#000' : '#fff')
    this.phone.style.setProperty('--bar-background', custom ? 'transparent' : background)
    this.screen.style.background = this.colour(page.window.backgroundColor) ?? '#ffffff'
    this.navigation.hidden = custom
    this.title.textContent = navigationBarTitleText
    this.back.hidden = this.router().stack.length < 2
  }

  private drawTabs(page: Page): void {
    const { tabBar } = this
    this.tabs.hidden = !tabBar || this.tabsHidden || !this.router().isTab(page.route)
    if (!tabBar || this.tabs.hidden) return
    const style = { ...tabBar, ...this.tabStyle }
    this.tabs.style.background = this.colour(style.backgroundColor) ?? ''
    this.tabs.dataset['border'] = this.colour(style.borderStyle) ?? 'black'
    const items = tabBar.list.map((tab, index) => {
      const { pagePath, text, iconPath, selectedIconPath } = { ...tab, ...this.tabItems.get(index) }
      const selected = pagePath === page.route
      const icon = this.colour(selected ? (selectedIconPath ?? iconPath) : iconPath)
      const item = dom('button', { className: 'phone-tab' })
      if (icon !== undefined) item.append(dom('img', { src: assetUrl(`/${icon.replace(/^\//, '')}`, ''), alt: '' }))
      item.append(dom('span', { textContent: text }))
      const badge = this.badges.get(index)
      if (badge !== undefined) item.append(dom('i', { textContent: badge }))
      item.style.color = this.colour(selected ? style.selectedColor : style.color) ?? ''
      item.setAttribute('role', 'tab')
      item.setAttribute('aria-selected', String(selected))
      item.addEventListener('click', () => {
        this.router().switchTab(`/${pagePath}`)
        this.router().current?.call('onTabItemTap', { index, pagePath, text })
      })
      return item
    })
    this.tabs.replaceChildren(...items)
  }

  /** `@name` in the configuration refers to theme.json. */
  private colour(value: string | undefined): string | undefined {
    if (value === undefined || !value.startsWith('@')) return value
    return this.themes?.[this.theme()][value.slice(1)]
  }
}
