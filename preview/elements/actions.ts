/** Elements to tap: button, form, label, navigator. */
import type { Privacy } from '../conditions/privacy'
import { fieldsIn } from './choices'
import { element } from './element'
import { instanceAt } from './registry'
import { hover } from './views'

const FORM_ACTIONS = ['submit', 'reset']

const AGREE = 'agreePrivacyAuthorization'

export const button = (privacy: Privacy) =>
  element(
    'button',
    {
      type: 'default',
      size: 'default',
      plain: false,
      disabled: false,
      loading: false,
      formType: '',
      openType: '',
      hoverClass: 'button-hover',
      hoverStartTime: 20,
      hoverStayTime: 70,
      hoverStopPropagation: false,
    },
    (host) => {
      const { node } = host
      node.setAttribute('role', 'button')
      node.tabIndex = 0
      hover(host)
      const press = (): void => {
        const { formType, openType, disabled } = host.props()
        if (disabled) return
        // Several open types may be combined: getPhoneNumber
        // agreePrivacyAuthorization
        if (openType.split('|').includes(AGREE)) {
          privacy.agreeBy(node.id)
          host.emit('agreeprivacyauthorization', {})
        }
        if (!FORM_ACTIONS.includes(formType)) return
        node.closest('wx-form')?.dispatchEvent(new CustomEvent(`phone-${formType}`))
      }
      node.addEventListener('click', press)
      node.addEventListener('keydown', (event) => {
        if ((event.key !== 'Enter' && event.key !== ' ') || host.props().disabled) return
        host.emit('tap', { x: 0, y: 0 }, { bubbles: true, composed: true })
        press()
      })
      return {
        update() {
          const { type, size, plain, disabled, loading } = host.props()
          node.setAttribute('type', type)
          node.setAttribute('size', size)
          node.toggleAttribute('plain', plain)
          node.toggleAttribute('disabled', disabled)
          node.toggleAttribute('loading', loading)
          node.setAttribute('aria-disabled', String(disabled))
        },
      }
    },
  )

export const form = element('form', { reportSubmit: false }, (host) => {
  const fields = () => fieldsIn(host.node).flatMap((node) => instanceAt(node)?.field ?? [])
  host.node.addEventListener('phone-submit', () => {
    const value = Object.fromEntries(
      fields().flatMap((field) => (field.name() === '' ? [] : [[field.name(), field.value()]])),
    )
    host.emit('submit', { value })
  })
  host.node.addEventListener('phone-reset', () => {
    for (const field of fields()) field.reset()
    host.emit('reset')
  })
  return {}
})

export const label = element('label', { for: '' }, (host) => {
  host.node.addEventListener('click', (event) => {
    const target = event.target instanceof HTMLElement ? event.target : null
    if (target?.closest('input, textarea, select')) return
    const id = host.props().for
    const page = host.node.closest<HTMLElement>('wx-page')
    const labelled = id === '' ? fieldsIn(host.node)[0] : page?.querySelector(`[id="${CSS.escape(id)}"]`)
    if (labelled) instanceAt(labelled)?.activate?.()
  })
  return {}
})

/** A navigator's action, provided by the runtime. */
export interface Navigation {
  navigate(url: string): void
  redirect(url: string): void
  switchTab(url: string): void
  reLaunch(url: string): void
  navigateBack(delta: number): void
}

export const navigator = (navigation: Navigation) =>
  element(
    'navigator',
    {
      url: '',
      openType: 'navigate',
      delta: 1,
      target: 'self',
      hoverClass: 'navigator-hover',
      hoverStartTime: 50,
      hoverStayTime: 600,
      hoverStopPropagation: false,
    },
    (host) => {
      hover(host)
      host.node.setAttribute('role', 'link')
      host.node.addEventListener('click', () => {
        const { url, openType, delta } = host.props()
        if (openType === 'navigateBack') navigation.navigateBack(delta)
        else if (openType === 'redirect') navigation.redirect(url)
        else if (openType === 'switchTab') navigation.switchTab(url)
        else if (openType === 'reLaunch') navigation.reLaunch(url)
        else if (openType === 'navigate') navigation.navigate(url)
        else throw new Error(`<navigator open-type="${openType}"> is not simulated`)
      })
      return {}
    },
  )
