import type { GeneralComponent } from 'glass-easel'
import type { Phone } from '../../preview/runtime/phone'
import { eventsOf, find, startPhone } from './support/jsdom-phone'

let phone: Phone
beforeEach(async () => {
  phone = await startPhone()
})
const routes = (): string[] => phone.router.stack.map((page) => page.route)
const lifeOf = (instance: object): unknown[] => {
  const events: unknown = Reflect.get(instance, 'events')
  return Array.isArray(events) ? events : []
}
const componentAt = (node: HTMLElement): GeneralComponent => {
  const component: unknown = Reflect.get(node, '__wxElement')
  if (isComponent(component)) return component
  throw new Error('no component')
}
const isComponent = (value: unknown): value is GeneralComponent =>
  typeof value === 'object' && value !== null && 'data' in value
const top = (): object => phone.router.current?.instance ?? {}

test('launches with account and service, then shows the first page', () => {
  expect(phone.app.get()?.['log']).toEqual(['launch alice', 'app show'])
  expect(eventsOf(phone).slice(0, 3)).toEqual([['load', {}], ['show'], ['ready']])
})

test('navigateTo and back', () => {
  const first = top()
  phone.router.navigateTo('../second/second?a=1&b=x%20y')
  const second = top()
  expect(lifeOf(second)).toEqual(['load {"a":"1","b":"x%20y"}', 'show', 'ready'])
  expect(lifeOf(first).at(-1)).toEqual(['hide'])
  phone.router.navigateBack()
  expect(lifeOf(second)).toEqual(['load {"a":"1","b":"x%20y"}', 'show', 'ready', 'unload'])
  expect(lifeOf(first).at(-1)).toEqual(['show'])
  expect(routes()).toEqual(['pages/first/first'])
})

test('redirectTo replaces the page', () => {
  phone.router.navigateTo('/pages/second/second')
  const left = top()
  phone.router.redirectTo('/pages/second/second?again=1')
  expect(lifeOf(left).at(-1)).toBe('unload')
  expect(routes()).toEqual(['pages/first/first', 'pages/second/second'])
})

test('opens a page of a subpackage like any other', () => {
  phone.router.navigateTo('/extra/pages/fourth/fourth')
  expect(routes()).toEqual(['pages/first/first', 'extra/pages/fourth/fourth'])
  expect(lifeOf(top())).toEqual(['load {}', 'show', 'ready'])
  expect(title()).toBe('Fourth')
  expect(find(phone, '.fourth').textContent).toBe('far')
})

test('tabs stay alive, pages above them do not', () => {
  const first = top()
  phone.router.navigateTo('/pages/second/second')
  const second = top()
  phone.router.switchTab('/pages/third/third')
  const third = top()
  expect(lifeOf(second).at(-1)).toBe('unload')
  expect(lifeOf(first).filter((event) => String(event) === 'hide')).toHaveLength(1)
  phone.router.switchTab('/pages/first/first')
  expect(top()).toBe(first)
  expect(lifeOf(third)).toEqual(['load {}', 'show', 'ready', 'hide'])
  phone.router.switchTab('/pages/third/third')
  expect(lifeOf(third)).toEqual(['load {}', 'show', 'ready', 'hide', 'show'])
})

test('switchTab to the tab under the page shows it again', () => {
  const first = top()
  phone.router.navigateTo('/pages/second/second')
  phone.router.switchTab('/pages/first/first')
  expect(top()).toBe(first)
  expect(lifeOf(first).at(-1)).toEqual(['show'])
})

test('reLaunch closes all pages', () => {
  const first = top()
  phone.router.switchTab('/pages/third/third')
  const third = top()
  phone.router.reLaunch('/pages/second/second')
  expect(lifeOf(first).at(-1)).toEqual(['unload'])
  expect(lifeOf(third).at(-1)).toBe('unload')
  expect(routes()).toEqual(['pages/second/second'])
  expect(phone.screen.querySelectorAll('.phone-page')).toHaveLength(1)
})

test('errors of WeChat have its message', async () => {
  expect(() => phone.router.navigateTo('/pages/third/third')).toThrow('tabbar')
  expect(() => phone.router.switchTab('/pages/second/second')).toThrow('no-tabBar')
  expect(() => phone.router.navigateTo('/pages/gone/gone')).toThrow('"pages/gone/gone" is not found')
  expect(() => phone.router.navigateBack()).toThrow('first page')
  for (let depth = 1; depth < 10; depth++) phone.router.navigateTo('/pages/second/second')
  expect(() => phone.router.navigateTo('/pages/second/second')).toThrow('limit')
  const failed = new Promise((resolve) => {
    wx.navigateTo({ url: '/pages/second/second', fail: resolve })
  })
  expect(await failed).toMatchObject({ errMsg: 'navigateTo:fail webview count limit exceed (10)' })
})

test("components are notified of their page's life cycle", async () => {
  const card = componentAt(find(phone, '[id="card"]'))
  const life = (): unknown => card.data['life']
  await new Promise((resolve) => requestAnimationFrame(resolve))
  expect(life()).toEqual(['attached', 'page show', 'ready'])
  phone.router.navigateTo('/pages/second/second')
  expect(life()).toContain('page hide')
  phone.router.reLaunch('/pages/second/second')
  expect(life()).toContain('detached')
})

const title = () => document.querySelector('.phone-title')?.textContent
const bar = () => document.body.style.getPropertyValue('--bar-background')

test('bars follow the page and the theme', () => {
  expect(title()).toBe('First page')
  expect(bar()).toBe('#fefefe')
  phone.setTheme('dark')
  expect(bar()).toBe('#101010')
  expect(document.documentElement.dataset['theme']).toBe('dark')
  const tabs = document.querySelectorAll<HTMLElement>('.phone-tab')
  expect([...tabs].map((tab) => tab.textContent)).toEqual(['First', 'Third'])
  tabs[1]?.click()
  expect(routes()).toEqual(['pages/third/third'])
  phone.router.navigateTo('/pages/second/second')
  expect(document.querySelector<HTMLElement>('.phone-navigation')?.hidden).toBe(true)
  expect(document.querySelector<HTMLElement>('.phone-tabs')?.hidden).toBe(true)
})

test('the app is notified of theme changes and of the background', () => {
  const heard: unknown[] = []
  wx.onThemeChange((change) => heard.push(change))
  wx.onAppHide(() => heard.push('hide'))
  phone.setTheme('dark')
  phone.app.hide()
  expect(heard).toEqual([{ theme: 'dark' }, 'hide'])
  expect(phone.app.get()?.['log']).toContain('app hide')
})
