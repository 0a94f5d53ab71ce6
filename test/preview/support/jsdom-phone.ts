/** The fixture mini-program on a phone in jsdom: compiled and run as in a browser, without Vite and media. */
import path from 'node:path'
import { runInThisContext } from 'node:vm'
import { compile } from '../../../preview/plugin/compile'
import type { Phone } from '../../../preview/runtime/phone'
import { readPhoneQuery } from '../../../preview/runtime/phone-query'
import { createWx } from '../../../preview/runtime/wx'
import { FIXTURE } from './fixture'

class NoResizes implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

/** Starts the fixture; `search` is the phone's query. */
export async function startPhone(search = '?account=alice&lang=en'): Promise<Phone> {
  // A new body: listeners of an earlier phone are removed with theirs.
  document.body = document.createElement('body')
  localStorage.clear()
  globalThis.ResizeObserver ??= NoResizes
  jest.resetModules()
  const { Phone } = await import('../../../preview/runtime/phone')
  const { program, templates, scripts } = compile(FIXTURE)
  const groups: unknown = runInThisContext(`(${templates})`)
  if (!isTemplates(groups)) throw new Error('no templates')
  const phone = new Phone(document.body, program, groups, readPhoneQuery(search, 'en'))
  phone.problems.listen()
  Object.assign(globalThis, { wx: createWx(phone), App: phone.app.define, getApp: phone.app.get })
  for (const { path: name, file } of scripts) {
    phone.space.codeSpace.globalComponentEnv(globalThis, name, () => jest.requireActual(path.resolve(file)))
  }
  phone.start()
  return phone
}

/** Notes of a fixture page about its life cycle and events. */
export function eventsOf(phone: Phone, index = -1): unknown[] {
  const events: unknown = Reflect.get(phone.router.stack.at(index)?.instance ?? {}, 'events')
  if (!Array.isArray(events)) throw new Error('this page notes nothing')
  return events
}

/** An element of the top page. */
export function find(phone: Phone, selector: string): HTMLElement {
  const found = phone.router.current?.box.querySelector(selector)
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector} on the page`)
  return found
}

/** A tap with the mouse. */
export function tap(element: Element): void {
  const at = { bubbles: true, cancelable: true, clientX: 5, clientY: 6 }
  for (const type of ['mousedown', 'mouseup', 'click']) element.dispatchEvent(new MouseEvent(type, at))
}

function isTemplates(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
