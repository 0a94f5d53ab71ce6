/** `wx.create…Context`: controls the built-in media elements; and queries of node positions. */
import { Component, type Element } from 'glass-easel'
import { instanceOf } from '../../elements/registry'
import { NotSimulated } from '../problems'
import type { Phone } from '../phone'
import { api } from './api'

/** A page or component object of scripts. */
interface Caller {
  _$: { getShadowRoot(): { querySelector(selector: string): unknown } | null }
}

export function contextsApi(phone: Phone) {
  const currentPage = () => {
    const page = phone.router.current
    if (!page) throw new Error('there is no page')
    return page.instance
  }
  const find = (tag: string, id: string, component?: Caller): object => {
    const owner = component ?? currentPage()
    const element: unknown = owner._$.getShadowRoot()?.querySelector(`#${id}`)
    return contextOf(element, `<${tag} id="${id}">`)
  }
  const onlyPusher = (component?: Caller): object => {
    const owner = component ?? currentPage()
    const elements = deepFind(owner._$.getShadowRoot(), 'builtin/live-pusher')
    return contextOf(elements, '<live-pusher>')
  }
  return {
    createLivePusherContext: (component?: Caller) => context(phone, 'LivePusherContext', () => onlyPusher(component)),
    createLivePlayerContext: (id: string, component?: Caller) =>
      context(phone, 'LivePlayerContext', () => find('live-player', id, component)),
    createVideoContext: (id: string, component?: Caller) =>
      context(phone, 'VideoContext', () => find('video', id, component)),
    createSelectorQuery: () => currentPage().createSelectorQuery(),
    createIntersectionObserver: (component: ReturnType<typeof currentPage>, options?: object) =>
      component.createIntersectionObserver(options),
  }
}

/** Each method looks up its element when called, and answers by callbacks like WeChat's, never by a promise. */
function context(phone: Phone, name: string, find: () => object): object {
  return new Proxy(
    {},
    {
      get(_, method) {
        if (typeof method === 'symbol' || method === 'then') return undefined
        const call = api(`${name}.${method}`, async (options: object) => {
          const target = find()
          const run: unknown = Reflect.get(target, method)
          if (typeof run !== 'function') {
            const problem = new NotSimulated(`${name}.${method}`)
            phone.problems.show(problem)
            throw problem
          }
          const result: unknown = await Reflect.apply(run, target, [options])
          return typeof result === 'object' && result !== null ? result : undefined
        })
        return (options?: object): void => {
          call(options)?.catch((error: unknown) => console.warn(error))
        }
      },
    },
  )
}

function contextOf(element: unknown, name: string): object {
  const instance = typeof element === 'object' && element !== null ? instanceOf(element) : undefined
  if (!instance?.context) throw new Error(`${name} is not on the page`)
  return instance.context
}

interface TreeNode {
  childNodes?: unknown
}

/** The first component of a kind in a tree, nested components included. */
function deepFind(root: unknown, is: string): Element | null {
  if (typeof root !== 'object' || root === null) return null
  const { childNodes } = root as TreeNode
  for (const child of Array.isArray(childNodes) ? childNodes : []) {
    if (Component.isComponent(child)) {
      if (child.is === is) return child
      const inside = deepFind(child.getShadowRoot(), is)
      if (inside) return inside
    }
    const below = deepFind(child, is)
    if (below) return below
  }
  return null
}
