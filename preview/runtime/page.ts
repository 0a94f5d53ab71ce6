/** A page on the stack: its component, its box on the screen, its life cycle. */
import type { WindowConfig } from '../plugin/config'
import { nodeOf } from '../elements/registry'
import { isBackendNode } from './backend'
import type { PageUrl } from './page-url'
import type { Space } from './space'

type Root = ReturnType<Space['backend']['createRoot']>
/** The page object of scripts. */
type PageInstance = ReturnType<Root['get']>

export class Page {
  readonly route: string
  readonly query: Record<string, string>
  /** Changes by `setNavigationBar…`. */
  bar: WindowConfig = {}
  readonly box = document.createElement('div')
  private readonly root: Root
  private loaded = false

  constructor(
    space: Space,
    { route, query }: PageUrl,
    readonly config: WindowConfig,
    screen: HTMLElement,
  ) {
    this.route = route
    this.query = query
    this.box.className = 'phone-page'
    const search = Object.entries(query).map(([name, value]) => `${name}=${value}`)
    this.root = space.backend.createRoot(
      'page',
      space.codeSpace,
      search.length ? `${route}?${search.join('&')}` : route,
    )
    nodeOf(this.root.getComponent()).dataset['page'] = route
    Object.assign(this.instance, { route, options: query })
    screen.append(this.box)
  }

  get instance(): PageInstance {
    return this.root.get()
  }

  get window(): WindowConfig {
    return { ...this.config, ...this.bar }
  }

  show(): void {
    if (!this.loaded) {
      const scroller = document.createElement('div')
      scroller.className = 'phone-scroll'
      const placeholder = document.createElement('span')
      scroller.append(placeholder)
      this.box.append(scroller)
      scroller.addEventListener('scroll', () => this.call('onPageScroll', { scrollTop: scroller.scrollTop }))
      if (isBackendNode(scroller) && isBackendNode(placeholder)) this.root.attach(scroller, placeholder)
      this.call('onLoad', this.query)
    }
    this.box.hidden = false
    this.root.getComponent().triggerPageLifetime('show', [])
    this.call('onShow')
    if (!this.loaded) {
      this.loaded = true
      this.call('onReady')
    }
  }

  hide(): void {
    if (this.box.hidden) return
    this.call('onHide')
    this.root.getComponent().triggerPageLifetime('hide', [])
    this.box.hidden = true
  }

  unload(): void {
    this.call('onUnload')
    this.root.release()
    this.box.remove()
  }

  /** Calls a function of the page, if it exists. */
  call(name: string, ...values: unknown[]): void {
    const method: unknown = Reflect.get(this.instance, name)
    if (typeof method === 'function') Reflect.apply(method, this.instance, values)
  }
}
