/**
 * Mounts pages and components of the mini-program in jsdom with WeChat's own template compiler, around a fake app with states set by the
 * test. `wx` is new for each test, and everything mounted is removed after it.
 */
import path from 'node:path'
import { load, render, type Component as SimulatedNode, type RootComponent } from 'miniprogram-simulate'
import { clone } from './clone'
import { compileTemplates } from './compile-templates'
import type { FakeApp } from './fake-app'
import { resetWx } from './fake-wx'

// Templates only: nothing is painted here, and styles cost more than everything else.
jest.mock('miniprogram-simulate/src/wxss', () => ({ getContent: () => '', compile: () => '', insert: () => {} }))
jest.mock('miniprogram-compiler', () => ({
  wxmlToJs: (...args: Parameters<typeof compileTemplates>) => compileTemplates(...args),
}))

export { fakeApp, type FakeApp } from './fake-app'
export { changePhone, livePlayers, livePushers, store } from './fake-wx'

type Node = SimulatedNode<Record<string, unknown>, Record<string, never>, Record<string, never>>
type Values = Record<string, unknown>
type Method = (...args: unknown[]) => unknown
type Lifecycle = 'onLoad' | 'onShow' | 'onReady' | 'onHide' | 'onUnload' | 'onPullDownRefresh' | 'onResize'

const ROOT = path.resolve(__dirname, '../../miniprogram')
/** Events for components on a page. */
const PAGE_LIFETIME: Partial<Record<Lifecycle, string>> = { onShow: 'show', onHide: 'hide' }
const mounted = new Set<Mounted>()
/** Registered definitions by file. */
const ids = new Map<string, string>()
let shownApp: object = {}
/** The app of the latest mount. Sources keep the result of `getApp()` from loading, once per test file. */
const theApp = new Proxy({}, { get: (_, part) => Reflect.get(shownApp, part) })

/** A test's view of a page or component. A `where` of several selectors goes through components, outermost first. */
export class Mounted {
  readonly root: RootComponent<Values, Record<string, never>, Record<string, never>>
  private readonly host = document.createElement('div')
  private readonly heard = new Map<string, unknown[]>()

  constructor(id: string, properties: Values) {
    this.root = render(id, properties)
    document.body.append(this.host)
    this.root.attach(this.host)
    mounted.add(this)
  }

  get data(): Values {
    return this.root.data
  }

  /** The first match; throws with the selector if there is none. */
  find(...where: string[]): Node {
    const node = this.all(...where)[0]
    if (!node) throw new Error(`nothing matches ${where.join(' → ')}`)
    return node
  }
  all(...where: string[]): Node[] {
    const owner = where.slice(0, -1).reduce<Node>((node, selector) => {
      const inner = node.querySelector(selector)
      if (!inner) throw new Error(`nothing matches ${selector} of ${where.join(' → ')}`)
      return inner
    }, this.root)
    return owner.querySelectorAll(where.at(-1) ?? '')
  }
  has(...where: string[]): boolean {
    return this.all(...where).length > 0
  }

  /** The text of a node; of the whole page without a selector. White space is collapsed. */
  text(...where: string[]): string {
    const node: Node = where.length > 0 ? this.find(...where) : this.root
    return (node.dom?.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
  }
  /** The attributes of a built-in tag (`live-pusher`, `view` …) from the template; a component's are its `data`. */
  attributes(...where: string[]): Values {
    return Object.fromEntries(
      this.find(...where)
        .toJSON()
        .attrs.map(({ name, value }) => [dashed(name), value]),
    )
  }

  async tap(...where: string[]): Promise<void> {
    await this.emit('tap', {}, ...where)
  }
  /** Sends an event from a node, like a built-in tag or a component. */
  async emit(event: string, detail: Values, ...where: string[]): Promise<void> {
    this.find(...where).dispatchEvent(event, { detail })
    await settle()
  }
  /** Sends `touchstart`, `touchmove` … with one finger at a position in px. */
  async touch(event: `touch${'start' | 'move' | 'end'}`, x: number, y: number, ...where: string[]): Promise<void> {
    const finger = { x, y }
    this.find(...where).dispatchEvent(event, {
      touches: event === 'touchend' ? [] : [finger],
      changedTouches: [finger],
    })
    await settle()
  }

  /** The details of all events of this name from now on. */
  listen(event: string): unknown[] {
    const known = this.heard.get(event)
    if (known) return known
    const details: unknown[] = []
    this.heard.set(event, details)
    this.listenTo(event, (sent) => details.push(sent.detail))
    return details
  }
  /** Changes properties, like a parent's template. */
  async set(properties: Values): Promise<void> {
    this.root.setData(properties)
    await settle()
  }

  /** Runs a page's life cycle function, if it exists. */
  async run(lifecycle: Lifecycle, query?: Record<string, string>): Promise<void> {
    const root: unknown = this.root
    const lifetime = PAGE_LIFETIME[lifecycle]
    if (lifetime && hasMethod(root, 'triggerPageLifeTime')) root.triggerPageLifeTime(lifetime)
    const instance: unknown = this.root.instance
    if (!hasMethod(instance, lifecycle)) return
    instance[lifecycle](query)
    await settle()
  }
  /** Detaches it, as WeChat does when the page is left. */
  async unmount(): Promise<void> {
    if (!mounted.delete(this)) return
    await this.run('onUnload')
    this.root.detach()
    this.host.remove()
  }

  private listenTo(event: string, listener: (sent: { detail: unknown }) => void): void {
    const root: unknown = this.root
    if (!hasMethod(root, 'addEventListener')) throw new Error('this component sends no events')
    root.addEventListener(event, listener)
  }
}

/** Opens a page (`pages/call/call`) like WeChat: load with the query, show, ready. `root`: of another mini-program. */
export async function mountPage(
  page: string,
  options: { app: object; query?: Record<string, string>; root?: string },
): Promise<Mounted> {
  const view = mount(page, options.app, {}, options.root)
  await view.run('onLoad', options.query ?? {})
  await view.run('onShow')
  await view.run('onReady')
  return view
}
/** Puts a component (`components/avatar/avatar`) on an otherwise empty page. */
export async function mountComponent(component: string, properties: Values = {}, app?: FakeApp): Promise<Mounted> {
  const view = mount(component, app ?? {}, properties)
  await settle()
  return view
}

/** Runs everything that waits for the current turn to end. Works with jest's fake timers, too. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

function mount(from: string, app: object, properties: Values, root = ROOT): Mounted {
  shownApp = app
  Object.assign(globalThis, { Page: registerPage, getApp: () => theApp, getCurrentPages: () => [] })
  return new Mounted(idOf(path.join(root, from), root), properties)
}

/** Registers a page or component with those that it uses, at its first mount in a test file. */
function idOf(file: string, rootPath: string): string {
  const known = ids.get(file)
  if (known !== undefined) return known
  // Components that other pages have loaded before register themselves for this one, too.
  jest.resetModules()
  const id = load(file, { rootPath, compiler: 'official', compilerOptions: { maxBuffer: 2 ** 28 } })
  ids.set(file, id)
  return id
}

/** A page is a component whose functions are methods; its other members are on the instance. */
function registerPage({ data, options, behaviors, ...own }: Values): void {
  const methods: Record<string, Method> = {}
  const fields: Values = {}
  for (const [name, value] of Object.entries(own)) {
    if (isMethod(value)) methods[name] = value
    else fields[name] = value
  }
  Component({
    ...(options ? { options } : {}),
    ...(Array.isArray(behaviors) ? { behaviors } : {}),
    data: typeof data === 'object' && data !== null ? { ...data } : {},
    methods,
    lifetimes: {
      created() {
        Object.assign(this, clone(fields))
      },
    },
  })
}

export function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function hasMethod<M extends string>(owner: unknown, method: M): owner is Record<M, Method> {
  return typeof owner === 'object' && owner !== null && isMethod(Reflect.get(owner, method))
}
function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}

beforeEach(resetWx)
// The mini-program's log lines.
beforeEach(() => void jest.spyOn(console, 'info').mockImplementation())
afterEach(async () => {
  for (const view of mounted) await view.unmount()
})
