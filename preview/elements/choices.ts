/** Elements to switch or choose: switch, slider, radio, checkbox, picker. */
import { dom, element } from './element'
import { instanceAt } from './registry'

export const switchElement = element(
  'switch',
  { checked: false, disabled: false, type: 'switch', color: '#04be02', name: '' },
  (host) => {
    const box = dom('input', { type: 'checkbox', className: 'phone-switch' })
    box.setAttribute('role', 'switch')
    host.node.append(box)
    let shown: boolean | null = null
    box.addEventListener('change', (event) => {
      event.stopPropagation()
      shown = box.checked
      host.component.setData({ checked: box.checked })
      host.emit('change', { value: box.checked })
    })
    return {
      update() {
        const { checked, disabled, color, type } = host.props()
        if (checked !== shown) shown = box.checked = checked
        box.disabled = disabled
        box.classList.toggle('phone-checkbox', type === 'checkbox')
        box.style.setProperty('--colour', color)
        box.setAttribute('aria-label', host.node.getAttribute('aria-label') ?? '')
      },
      activate: () => box.click(),
      field: { name: () => host.props().name, value: () => box.checked, reset: () => void (box.checked = false) },
    }
  },
)

export const slider = element(
  'slider',
  {
    min: 0,
    max: 100,
    step: 1,
    value: 0,
    disabled: false,
    showValue: false,
    activeColor: '#1aad19',
    backgroundColor: '#e9e9e9',
    blockSize: 28,
    blockColor: '#ffffff',
    name: '',
  },
  (host) => {
    const range = dom('input', { type: 'range' })
    const shownValue = dom('span')
    host.node.append(range, shownValue)
    const tell = (event: 'change' | 'changing'): void => {
      shownValue.textContent = host.props().showValue ? range.value : ''
      host.emit(event, { value: Number(range.value) })
    }
    range.addEventListener('input', (event) => {
      event.stopPropagation()
      tell('changing')
    })
    range.addEventListener('change', (event) => {
      event.stopPropagation()
      tell('change')
    })
    return {
      update() {
        const { min, max, step, value, disabled, showValue, activeColor } = host.props()
        Object.assign(range, { min: String(min), max: String(max), step: String(step), disabled })
        range.value = String(value)
        range.style.accentColor = activeColor
        shownValue.textContent = showValue ? range.value : ''
        range.setAttribute('aria-label', host.node.getAttribute('aria-label') ?? '')
      },
      field: { name: () => host.props().name, value: () => Number(range.value), reset: () => void (range.value = '0') },
    }
  },
)

const CHOICE = { value: '', checked: false, disabled: false, color: '#09bb07' }

function choice(tag: 'radio' | 'checkbox') {
  return element(tag, CHOICE, (host) => {
    const box = dom('input', { type: tag })
    host.node.prepend(box)
    let shown: boolean | null = null
    const group = (): HTMLElement | null => host.node.closest<HTMLElement>(`wx-${tag}-group`)
    box.addEventListener('change', (event) => {
      event.stopPropagation()
      shown = box.checked
      group()?.dispatchEvent(new CustomEvent('phone-choice', { detail: box }))
    })
    return {
      update() {
        const { value, checked, disabled, color } = host.props()
        if (checked !== shown) shown = box.checked = checked
        Object.assign(box, { value, disabled })
        box.style.accentColor = color
      },
      activate: () => box.click(),
    }
  })
}
export const radio = choice('radio')
export const checkbox = choice('checkbox')

function choiceGroup(tag: 'radio' | 'checkbox') {
  return element(`${tag}-group`, { name: '' }, (host) => {
    const boxes = (): HTMLInputElement[] => [...host.node.querySelectorAll<HTMLInputElement>(`wx-${tag} > input`)]
    const value = (): string | string[] => {
      const chosen = boxes().flatMap((box) => (box.checked ? [box.value] : []))
      return tag === 'radio' ? (chosen[0] ?? '') : chosen
    }
    host.node.addEventListener('phone-choice', (event) => {
      const chosen: unknown = event instanceof CustomEvent ? event.detail : null
      if (tag === 'radio') for (const box of boxes()) if (box !== chosen) box.checked = false
      host.emit('change', { value: value() })
    })
    const reset = (): void => boxes().forEach((box) => (box.checked = false))
    return { field: { name: () => host.props().name, value, reset } }
  })
}
export const radioGroup = choiceGroup('radio')
export const checkboxGroup = choiceGroup('checkbox')

export const picker = element(
  'picker',
  { mode: 'selector', range: [], rangeKey: '', value: null, disabled: false, headerText: '', name: '' },
  (host) => {
    const { mode } = host.props()
    if (mode !== 'selector') throw new Error(`<picker mode="${mode}"> is not simulated`)
    const list = dom('select', { className: 'phone-picker' })
    host.node.append(list)
    list.addEventListener('change', (event) => {
      event.stopPropagation()
      host.emit('change', { value: list.selectedIndex })
    })
    return {
      update() {
        const { range, rangeKey, value, disabled, headerText } = host.props()
        const label = (item: unknown): string =>
          String(rangeKey !== '' && typeof item === 'object' && item !== null ? Reflect.get(item, rangeKey) : item)
        list.replaceChildren(...range.map((item) => dom('option', {}, label(item))))
        list.selectedIndex = Number(value ?? 0)
        list.disabled = disabled
        list.setAttribute('aria-label', headerText)
      },
      field: {
        name: () => host.props().name,
        value: () => list.selectedIndex,
        reset: () => void (list.selectedIndex = 0),
      },
    }
  },
)

/** The fields inside a node, for forms and labels. */
export function fieldsIn(node: HTMLElement): HTMLElement[] {
  return [...node.querySelectorAll<HTMLElement>('*')].filter((child) => {
    const instance = instanceAt(child)
    return instance?.field !== undefined || instance?.activate !== undefined
  })
}
