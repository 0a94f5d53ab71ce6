/** Checks the page on a phone as it is rendered. Runs in the phone's document, so it has no imports. */
export interface AuditOptions {
  /** Minimum side of a control, px. */
  target: number
  /** Minimum contrast of text. */
  contrast: number
  language: 'zh' | 'en'
}
interface Stage {
  page: HTMLElement
  /** The safe area, px. */
  top: number
  bottom: number
  width: number
  scroller: HTMLElement
  /** Remaining scroll distance, px. */
  room: { up: number; down: number }
  /** WeChat's menu button where it covers the page. */
  capsule: DOMRect | undefined
  complain(what: string): void
}
interface Control {
  element: HTMLElement
  /** Elements that can be tapped: a label passes taps on to its control. */
  area: Element
  box: DOMRect
}
type Colour = [red: number, green: number, blue: number, alpha: number]

const CONTROLS = 'button, input, textarea, select, a, [role]'
const ROLES = ['button', 'radio', 'switch', 'checkbox', 'link', 'tab', 'slider', 'textbox']
const STATES = ['radio', 'switch', 'checkbox']
const CHINESE = /[\u3400-\u9fff]/
/** A language's name is in that language. */
const OWN_NAME = '中文'
/** Smaller differences are rounding, px. */
const HAIR = 1

/** One sentence per problem. */
export function audit({ target, contrast, language }: AuditOptions): string[] {
  const offences = new Set<string>()
  const stage = setStage((what) => void offences.add(what))
  if (!stage) return ['there is no page']
  const controls = controlsOf(stage.page).filter(({ element, box }) => !isScrolledAway(element, box, stage))
  for (const control of controls) judgeControl(control, target, stage)
  controls.forEach((one, index) => judgeNeighbours(one, controls.slice(index + 1), stage))
  for (const { node, element, words } of textsOf(stage.page)) {
    const what = `“${words.slice(0, 24)}”`
    const range = document.createRange()
    range.selectNodeContents(node)
    const boxes = isShortened(element) ? [element.getBoundingClientRect()] : [...range.getClientRects()]
    for (const box of boxes) {
      if (!isScrolledAway(element, box, stage)) judgeText({ element, box, what }, controls, stage)
    }
    const ratio = contrastOf(element)
    if (ratio !== null && ratio < contrast) stage.complain(`${what} has a contrast of ${round(ratio)}`)
    if (language === 'en' && CHINESE.test(words) && words !== OWN_NAME) stage.complain(`${what} is Chinese`)
  }
  const { scrollWidth, clientWidth } = stage.scroller
  if (scrollWidth > clientWidth) stage.complain(`the page scrolls sideways by ${scrollWidth - clientWidth}`)
  return [...offences]
}

function setStage(complain: (what: string) => void): Stage | null {
  const page = [...document.querySelectorAll<HTMLElement>('.phone-page')].filter((box) => !box.hidden).at(-1)
  if (!page) return null
  const scroller = page.querySelector<HTMLElement>('.phone-scroll') ?? page
  const { scrollTop: up, scrollHeight, clientHeight } = scroller
  const root = document.documentElement
  return {
    page,
    scroller,
    top: inset('top'),
    // A tab bar is above the home indicator by itself.
    bottom: Math.min(root.clientHeight - inset('bottom'), page.getBoundingClientRect().bottom),
    width: root.clientWidth,
    room: { up, down: scrollHeight - clientHeight - up },
    capsule: document.querySelector('.custom-navigation .phone-capsule')?.getBoundingClientRect(),
    complain,
  }
}
function inset(side: string): number {
  return Number.parseFloat(document.documentElement.style.getPropertyValue(`--safe-${side}`)) || 0
}

function controlsOf(page: Element): Control[] {
  return [...page.querySelectorAll<HTMLElement>(CONTROLS)]
    .filter((element) => ROLES.includes(element.getAttribute('role') ?? 'button') && isSeen(element))
    .filter((element) => getComputedStyle(element).pointerEvents !== 'none')
    .map((element) => {
      const area = element.closest('wx-label') ?? element.closest('wx-input, wx-textarea') ?? element
      return { element, area, box: area.getBoundingClientRect() }
    })
}
function judgeControl({ element, box }: Control, target: number, stage: Stage): void {
  const what = nameOf(element)
  if (Math.min(box.width, box.height) < target - 0.01) {
    stage.complain(`${what} is ${round(box.width)}×${round(box.height)}`)
  }
  judgePlace(element, box, what, stage)
  const words = element.getAttribute('aria-label') ?? element.innerText
  if (element.closest('[aria-hidden="true"]') || words.trim() === '') stage.complain(`${what} has no name`)
  const saysState = element instanceof HTMLInputElement || element.hasAttribute('aria-checked')
  if (STATES.includes(element.getAttribute('role') ?? '') && !saysState) stage.complain(`${what} says no state`)
}
function judgeNeighbours(one: Control, others: Control[], { capsule, complain }: Stage): void {
  if (capsule && overlap(one.box, capsule)) complain(`${nameOf(one.element)} lies under WeChat's own button`)
  for (const other of others) {
    if (one.area.contains(other.area) || other.area.contains(one.area) || !overlap(one.box, other.box)) continue
    complain(`${nameOf(one.element)} and ${nameOf(other.element)} overlap`)
  }
}

interface Text {
  element: Element
  box: DOMRect
  what: string
}
function judgeText({ element, box, what }: Text, controls: Control[], stage: Stage): void {
  judgePlace(element, box, what, stage)
  const cutter = isShortened(element) ? null : cutterOf(element, box, stage)
  if (cutter) stage.complain(`${what} is cut off by ${nameOf(cutter)}`)
  if (stage.capsule && overlap(box, stage.capsule)) stage.complain(`${what} lies under WeChat's own button`)
  for (const control of controls) {
    if (control.area.contains(element) || element.contains(control.area) || !overlap(control.box, box)) continue
    stage.complain(`${what} and ${nameOf(control.element)} overlap`)
  }
}
/** Non-fixed elements can be scrolled into the safe area. */
function judgePlace(element: Element, box: DOMRect, what: string, stage: Stage): void {
  const { up, down } = isFixed(element, stage.scroller) ? { up: 0, down: 0 } : stage.room
  if (box.left < -HAIR || box.right > stage.width + HAIR) stage.complain(`${what} leaves the screen at its side`)
  if (box.top + up < stage.top - HAIR) stage.complain(`${what} lies under the notch`)
  if (box.bottom - down > stage.bottom + HAIR)
    stage.complain(`${what} lies under the home indicator or below the screen`)
}
/** The element that covers a part of a text. */
function cutterOf(element: Element, box: DOMRect, { scroller }: Stage): Element | null {
  for (const around of chainOf(element)) {
    if (around === scroller) return null
    const { overflowX, overflowY } = getComputedStyle(around)
    const edge = around.getBoundingClientRect()
    if (overflowX === 'hidden' && (box.left < edge.left - HAIR || box.right > edge.right + HAIR)) return around
    if (overflowY === 'hidden' && (box.top < edge.top - HAIR || box.bottom > edge.bottom + HAIR)) return around
  }
  return null
}
/** Whether it is in a scrolling list, outside of its visible part. */
function isScrolledAway(element: Element, box: DOMRect, { scroller }: Stage): boolean {
  const list = chainOf(element).find((around) => {
    const { overflowY } = getComputedStyle(around)
    return (overflowY === 'auto' || overflowY === 'scroll') && around.scrollHeight > around.clientHeight
  })
  if (!list || list === scroller || !scroller.contains(list)) return false
  const edge = list.getBoundingClientRect()
  return box.top < edge.top - HAIR || box.bottom > edge.bottom + HAIR
}
/** Whether a text that is too long ends with an ellipsis. */
function isShortened(element: Element): boolean {
  return getComputedStyle(element).textOverflow === 'ellipsis'
}

function textsOf(page: Element): Array<{ node: Node; element: Element; words: string }> {
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT)
  const texts = []
  while (walker.nextNode()) {
    const node = walker.currentNode
    const words = (node.nodeValue ?? '').trim()
    const element = node.parentElement
    if (element && words !== '' && isSeen(element)) texts.push({ node, element, words })
  }
  return texts
}

/** Contrast on plain colours; null over an image. */
function contrastOf(element: Element): number | null {
  const layers: Colour[] = []
  for (const around of chainOf(element)) {
    const { backgroundColor, backgroundImage } = getComputedStyle(around)
    if (backgroundImage !== 'none') return null
    const layer = readColour(backgroundColor)
    layers.push(layer)
    if (layer[3] === 1) break
  }
  const back = layers.reduceRight((below, layer) => over(layer, below), readColour('#fff'))
  const [red, green, blue, alpha] = readColour(getComputedStyle(element).color)
  const [one, other] = [luminance(over([red, green, blue, alpha * opacityOf(element)], back)), luminance(back)]
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}
const brush = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
function readColour(css: string): Colour {
  if (!brush) throw new Error('no canvas')
  brush.clearRect(0, 0, 1, 1)
  brush.fillStyle = css
  brush.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0, alpha = 0] = brush.getImageData(0, 0, 1, 1).data
  return [red, green, blue, alpha / 255]
}
function over([red, green, blue, alpha]: Colour, back: Colour): Colour {
  const mix = (front: number, behind: number): number => front * alpha + behind * (1 - alpha)
  return [mix(red, back[0]), mix(green, back[1]), mix(blue, back[2]), 1]
}
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((value) => {
    const part = value / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** The element and its ancestors, innermost first. */
function chainOf(element: Element): Element[] {
  return element.parentElement ? [element, ...chainOf(element.parentElement)] : [element]
}
function isFixed(element: Element, scroller: Element): boolean {
  return chainOf(element).some((at) => scroller.contains(at) && getComputedStyle(at).position === 'fixed')
}
function opacityOf(element: Element): number {
  return chainOf(element).reduce((opacity, at) => opacity * Number(getComputedStyle(at).opacity), 1)
}
function isSeen(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect()
  return width > 0 && height > 0 && getComputedStyle(element).visibility === 'visible' && opacityOf(element) > 0.05
}
function overlap(a: DOMRect, b: DOMRect): boolean {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  return width > HAIR && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > HAIR
}
function nameOf(element: Element): string {
  const words = element.closest('[aria-label]')?.getAttribute('aria-label') ?? element.textContent.trim()
  const [first = ''] = element.className.split(' ')
  return `${first || element.tagName.toLowerCase()} “${words.slice(0, 24)}”`
}
function round(value: number): string {
  return value.toFixed(1)
}
