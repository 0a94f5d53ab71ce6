/** Text fields: input and textarea. */
import { dom, element, type ElementHost, type ElementInstance } from './element'

const PROPERTIES = {
  value: '',
  type: 'text',
  password: false,
  placeholder: '',
  placeholderStyle: '',
  placeholderClass: '',
  disabled: false,
  maxlength: 140,
  focus: false,
  autoFocus: false,
  confirmType: 'done',
  confirmHold: false,
  cursorSpacing: 0,
  cursor: -1,
  adjustPosition: true,
  holdKeyboard: false,
  autoHeight: false,
  fixed: false,
  showConfirmBar: true,
  disableDefaultPadding: false,
  alwaysEmbed: false,
  name: '',
}
const KEYBOARDS: Record<string, string> = { number: 'numeric', digit: 'decimal', idcard: 'text', tel: 'tel' }

type Field = HTMLInputElement | HTMLTextAreaElement

function attachField(host: ElementHost<typeof PROPERTIES>, field: Field): ElementInstance {
  host.node.append(field)
  let shown = host.props().value
  let focused = false
  const detail = (): { value: string; cursor: number } => ({
    value: field.value,
    cursor: field.selectionStart ?? field.value.length,
  })
  const own = (type: string, listener: (event: Event) => void): void => {
    field.addEventListener(type, (event) => {
      event.stopPropagation()
      listener(event)
    })
  }
  own('input', () => {
    shown = field.value
    host.component.setData({ value: field.value })
    host.emit('input', { ...detail(), keyCode: 0 })
  })
  own('focus', () => host.emit('focus', { value: field.value, height: 0 }))
  own('blur', () => host.emit('blur', detail()))
  own('keydown', (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Enter' || field instanceof HTMLTextAreaElement) return
    host.emit('confirm', { value: field.value })
    if (!host.props().confirmHold) field.blur()
  })
  return {
    update() {
      const props = host.props()
      if (props.value !== shown) shown = field.value = props.value
      field.placeholder = props.placeholder
      field.disabled = props.disabled
      field.maxLength = props.maxlength < 0 ? 1e9 : props.maxlength
      field.enterKeyHint = props.confirmType === 'return' ? 'enter' : props.confirmType
      field.setAttribute('aria-label', host.node.getAttribute('aria-label') ?? props.placeholder)
      if (field instanceof HTMLInputElement) {
        field.type = props.password ? 'password' : 'text'
        field.inputMode = KEYBOARDS[props.type] ?? 'text'
      }
      const wants = props.focus || props.autoFocus
      if (wants && !focused) requestAnimationFrame(() => field.focus())
      focused = wants
    },
    activate: () => field.focus(),
    field: {
      name: () => host.props().name,
      value: () => field.value,
      reset: () => void (shown = field.value = ''),
    },
  }
}

export const input = element('input', PROPERTIES, (host) => {
  const field = dom('input')
  field.value = host.props().value
  return attachField(host, field)
})
export const textarea = element('textarea', PROPERTIES, (host) => {
  const field = dom('textarea')
  field.value = host.props().value
  return attachField(host, field)
})
