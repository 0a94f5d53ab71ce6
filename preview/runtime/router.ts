/** The page stack and the tabs. */
import type { AppConfig, WindowConfig } from '../plugin/config'
import type { Program } from '../plugin/compile'
import { Page } from './page'
import { parsePageUrl, type PageUrl } from './page-url'
import type { Space } from './space'

const STACK_LIMIT = 10

export class Router {
  readonly stack: Page[] = []
  private readonly tabs: ReadonlySet<string>
  private readonly pages: ReadonlyMap<string, WindowConfig>
  /** Tab pages stay alive while another tab is shown. */
  private readonly kept = new Map<string, Page>()

  constructor(
    private readonly space: Space,
    program: Program,
    private readonly screen: HTMLElement,
    private readonly report: { changed(): void; failed(error: unknown, where: string): void },
  ) {
    const app: AppConfig = program.app
    this.tabs = new Set(app.tabBar?.list.map((tab) => tab.pagePath))
    const pages = program.components.filter((component) => component.isPage)
    this.pages = new Map(pages.map(({ path, config }) => [path, { ...app.window, ...defined(config) }]))
  }

  get current(): Page | undefined {
    return this.stack.at(-1)
  }

  isTab(route: string): boolean {
    return this.tabs.has(route)
  }

  /** The app is hidden, with the page on top. */
  hideCurrent(): void {
    this.life('onHide', () => this.current?.hide())
  }
  /** The app is shown again. */
  showCurrent(): void {
    this.life('onShow', () => this.current?.show())
    this.report.changed()
  }

  navigateTo(url: string): Page {
    const to = this.parse(url)
    if (this.isTab(to.route)) throw new Error('can not navigateTo a tabbar page')
    if (this.stack.length >= STACK_LIMIT) throw new Error(`webview count limit exceed (${STACK_LIMIT})`)
    const page = this.open(to)
    this.life('onHide', () => this.current?.hide())
    this.push(page)
    return page
  }

  redirectTo(url: string): void {
    const to = this.parse(url)
    if (this.isTab(to.route)) throw new Error('can not redirectTo a tabbar page')
    const page = this.open(to)
    const left = this.stack.pop()
    if (left) this.close(left)
    this.push(page)
  }

  navigateBack(delta = 1): void {
    if (this.stack.length < 2) throw new Error('cannot navigate back at first page.')
    const count = Math.min(Math.max(1, delta), this.stack.length - 1)
    for (const page of this.stack.splice(-count).toReversed()) this.close(page)
    this.life('onShow', () => this.current?.show())
    this.report.changed()
  }

  switchTab(url: string): void {
    const to = this.parse(url)
    if (!this.isTab(to.route)) throw new Error('can not switch to no-tabBar page')
    if (this.current?.route === to.route) return
    const page = this.stack[0]?.route === to.route ? undefined : (this.kept.get(to.route) ?? this.open(to))
    const above = this.stack.splice(page ? 0 : 1).toReversed()
    for (const left of above) {
      if (this.isTab(left.route)) this.keep(left)
      else this.close(left)
    }
    if (page) this.push(page)
    else {
      this.life('onShow', () => this.current?.show())
      this.report.changed()
    }
  }

  reLaunch(url: string): void {
    const page = this.open(this.parse(url))
    for (const left of this.stack.splice(0).toReversed()) this.close(left)
    for (const left of this.kept.values()) this.close(left)
    this.kept.clear()
    this.push(page)
  }

  private parse(url: string): PageUrl {
    const to = parsePageUrl(url, this.current?.route ?? '')
    if (!this.pages.has(to.route)) throw new Error(`page "${to.route}" is not found`)
    return to
  }

  private open(to: PageUrl): Page {
    try {
      return new Page(this.space, to, this.pages.get(to.route) ?? {}, this.screen)
    } catch (error) {
      this.report.failed(error, to.route)
      throw error
    }
  }

  private push(page: Page): void {
    this.stack.push(page)
    // Bars first: a page measures itself when it loads.
    this.report.changed()
    this.life('onLoad', () => page.show())
    this.report.changed()
  }

  private keep(page: Page): void {
    this.kept.set(page.route, page)
    this.life('onHide', () => page.hide())
  }

  private close(page: Page): void {
    this.kept.delete(page.route)
    this.life('onUnload', () => page.unload())
  }

  /** An exception in a page's function is shown; the stack stays consistent. */
  private life(name: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      this.report.failed(error, name)
    }
  }
}

function defined(config: WindowConfig): WindowConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined))
}
