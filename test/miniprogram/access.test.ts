/** Requirements of screen readers for the templates: each control has a role, a name and its state; changes are announced. */
import { readSource, TEMPLATES } from '../support/sources'
import { ancestorsOf, elementsOf, nameOf, parseWxml, type WxmlElement } from '../support/wxml'

type Rule = (element: WxmlElement) => boolean

/** Handlers of the whole screen, or of the area around controls: not controls themselves. */
const ROOM = new Set(['onTapScreen', 'onTapFoot'])
/** Native controls, whose role and state are known to screen readers. */
const CONTROLS = new Set([
  'button',
  'switch',
  'slider',
  'input',
  'textarea',
  'picker',
  'checkbox',
  'radio',
  'navigator',
])
/** Roles whose state is read out. */
const STATES: Record<string, string> = { radio: 'aria-checked', checkbox: 'aria-checked', switch: 'aria-checked' }
const TAP = /^(?:mut-bind|bind|catch|capture-bind|capture-catch):?(?:tap|longpress|longtap)$/
/** Decorative components: their own template hides them. */
const DECORATIONS = ['avatar', 'line-icon']
/** Sentences that change while the page is visible: data of these names, or the text they refer to. */
const CHANGING = /\{\{\s*(?:t\.\w+\[)?(?:words|problem(?:\.\w+)?|failureText|notice|request|after[A-Z]\w+)\]?\s*\}\}/

const of = (element: WxmlElement, name: string): string => element.attributes.get(name) ?? ''
const handlersOf = ({ attributes }: WxmlElement): string[] =>
  [...attributes].flatMap(([name, handler]) => (TAP.test(name) ? [handler] : []))
const isHidden = (element: WxmlElement): boolean => of(element, 'aria-hidden') === 'true'
const isTappable: Rule = (element) => handlersOf(element).some((handler) => !ROOM.has(handler))
/** Whether it contains visible text. */
const saysSomething = (element: WxmlElement): boolean =>
  !isHidden(element) &&
  element.children.some((child) => (typeof child === 'string' ? child !== '' : saysSomething(child)))

/** Problems of a template, by rule. */
const RULES: Record<string, Rule> = {
  'a tap that no role announces': (element) =>
    isTappable(element) && !CONTROLS.has(element.tag) && of(element, 'aria-role') === '',
  'a control without a name': (element) =>
    (isTappable(element) || CONTROLS.has(element.tag)) && of(element, 'aria-label') === '' && !saysSomething(element),
  'a state that is not said': (element) => {
    const state = STATES[of(element, 'aria-role')]
    return state !== undefined && of(element, state) === ''
  },
  'a switch without its state': (element) => element.tag === 'switch' && of(element, 'checked') === '',
  'a group without a name': (element) =>
    ['radiogroup', 'group', 'img', 'progressbar', 'dialog'].includes(of(element, 'aria-role')) &&
    of(element, 'aria-label') === '',
  'a choice outside a group': (element) =>
    of(element, 'aria-role') === 'radio' &&
    !ancestorsOf(element).some((around) => of(around, 'aria-role') === 'radiogroup'),
  'a picture neither named nor hidden': (element) =>
    ['image', 'cover-image', 'icon'].includes(element.tag) && !isHidden(element) && of(element, 'aria-label') === '',
  'a film without a name': (element) => element.tag === 'video' && of(element, 'aria-label') === '',
  'a sentence that changes unheard': (element) =>
    element.children.some((child) => typeof child === 'string' && CHANGING.test(child)) &&
    ![element, ...ancestorsOf(element)].some((around) => isSaid(around) || isHidden(around)),
}

function isSaid(element: WxmlElement): boolean {
  return /alert|status/.test(of(element, 'aria-role')) || /polite|assertive/.test(of(element, 'aria-live'))
}
function offences(template: string): string[] {
  return Object.entries(RULES).flatMap(([complaint, rule]) =>
    elementsOf(parseWxml(template))
      .filter(rule)
      .map((element) => `${complaint}: ${nameOf(element)}`),
  )
}

test.each(TEMPLATES)('%s is usable with a screen reader', (file) => {
  expect(offences(readSource(file))).toEqual([])
})

test.each(DECORATIONS)('%s hides itself from screen readers', (name) => {
  const roots = parseWxml(readSource(`components/${name}/${name}.wxml`)).children
  expect(roots.every((root) => typeof root !== 'string' && isHidden(root))).toBe(true)
})

test.each([
  ['<view bind:tap="go">Go</view>', 'a tap that no role announces: <view>'],
  ['<view class="x y" bindtap="go" aria-role="button" />', 'a control without a name: <view.x>'],
  [
    '<view catch:tap="go" aria-role="button"><text aria-hidden="true">Go</text></view>',
    'a control without a name: <view>',
  ],
  [
    '<view aria-role="radiogroup" aria-label="k"><view aria-role="radio">a</view></view>',
    'a state that is not said: <view>',
  ],
  ['<switch aria-label="{{label}}" />', 'a switch without its state: <switch>'],
  ['<switch checked="{{on}}" />', 'a control without a name: <switch>'],
  ['<input id="name" />', 'a control without a name: <input#name>'],
  ['<view aria-role="radio" aria-checked="{{on}}">a</view>', 'a choice outside a group: <view>'],
  ['<image src="a.svg" />', 'a picture neither named nor hidden: <image>'],
  ['<view>{{t.login[problem]}}</view>', 'a sentence that changes unheard: <view>'],
  ['<view>{{words}}</view>', 'a sentence that changes unheard: <view>'],
])('the check finds the problem in %s', (template, complaint) => {
  expect(offences(template)).toEqual([complaint])
})
test.each([
  '<view bind:tap="onTapScreen" />',
  '<view bind:tap="go" aria-role="button">{{t.call.hangUp}}</view>',
  '<view aria-live="polite"><text>{{words}}</text></view>',
  '<view>{{words.done}}</view>',
])('the check accepts %s', (template) => {
  expect(offences(template)).toEqual([])
})
