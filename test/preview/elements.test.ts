import { BUILTIN_TAGS } from '../../preview/elements/tags'
import type { Phone } from '../../preview/runtime/phone'
import { eventsOf, find, startPhone, tap } from './support/jsdom-phone'

let phone: Phone
beforeEach(async () => {
  phone = await startPhone()
  eventsOf(phone).length = 0
})
const control = (selector: string): HTMLInputElement => {
  const found = find(phone, selector)
  if (!(found instanceof HTMLInputElement)) throw new Error(`${selector} is no control`)
  return found
}

test('renders templates, wxs, include, slots and loops', () => {
  const text = phone.router.current?.box.textContent ?? ''
  for (const part of ['hello!', 'from a template', 'foot', 'hello', 'inside', 'note', '0 one', '1 two']) {
    expect(text).toContain(part)
  }
  expect(find(phone, '[id="title"]').className).toBe('title')
  expect(find(phone, '.components-card-card--heading').textContent).toBe('hello')
  expect(find(phone, '[id="box"]').getAttribute('style')).toContain('calc(100vw * 100 / 750)')
})

test('a tap has dataset, position and touches', () => {
  tap(find(phone, '[id="box"]'))
  expect(eventsOf(phone)).toEqual([['tap', { number: 7 }, { x: 5, y: 6 }, 1]])
})

test("a component's own event reaches the page", () => {
  tap(find(phone, '.components-card-card--heading'))
  expect(eventsOf(phone)).toEqual([['pick', { heading: 'hello' }]])
})

test('an input emits typing and confirmation', () => {
  const field = control('[id="name"] > input')
  expect(field.value).toBe('ada')
  expect(field.placeholder).toBe('name')
  field.value = 'grace'
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  expect(eventsOf(phone)).toEqual([
    ['input', expect.objectContaining({ value: 'grace' })],
    ['confirm', { value: 'grace' }],
  ])
})

test('an input follows its property', () => {
  phone.router.current?.instance.setData({ name: 'lin' })
  expect(control('[id="name"] > input').value).toBe('lin')
})

test('switch, radio and slider change', () => {
  control('[id="switch"] > input').click()
  control('wx-radio:last-of-type > input').click()
  const range = control('[id="slider"] > input')
  range.value = '8'
  range.dispatchEvent(new Event('change'))
  expect(eventsOf(phone)).toEqual([
    ['switch', { value: true }],
    ['radio', { value: 'b' }],
    ['slider', { value: 8 }],
  ])
  expect(control('wx-radio:first-of-type > input').checked).toBe(false)
})

test('a form collects its fields; a disabled button ignores taps', () => {
  control('[id="switch"] > input').click()
  eventsOf(phone).length = 0
  tap(find(phone, '[id="send"]'))
  tap(find(phone, '[id="off"]'))
  expect(eventsOf(phone)).toEqual([['send'], ['submit', { value: { name: 'ada', on: true, choice: 'a', level: 3 } }]])
})

test('the list of tags is that of the elements', () => {
  const space = phone.space.codeSpace.getComponentSpace()
  for (const tag of BUILTIN_TAGS) expect(space.getGlobalUsingComponent(tag)).not.toBeNull()
})
