/** Defines glass-easel components for the built-in elements, and finds their instances. */
import * as glassEasel from 'glass-easel'
import type { ComponentSpace, GeneralComponent } from 'glass-easel'
import { assetUrl } from '../runtime/assets'
import type { ElementInstance, ElementType, Properties } from './element'

const instances = new WeakMap<object, ElementInstance>()

/** Common properties of all elements. */
const COMMON: Properties = {
  hidden: false,
  ariaLabel: '',
  ariaRole: '',
  ariaHidden: '',
  ariaLive: '',
  ariaChecked: '',
  ariaSelected: '',
  ariaDisabled: '',
  ariaExpanded: '',
  ariaValuenow: '',
}
const ARIA = Object.entries({
  ariaLabel: 'aria-label',
  ariaRole: 'role',
  ariaHidden: 'aria-hidden',
  ariaLive: 'aria-live',
  ariaChecked: 'aria-checked',
  ariaSelected: 'aria-selected',
  ariaDisabled: 'aria-disabled',
  ariaExpanded: 'aria-expanded',
  ariaValuenow: 'aria-valuenow',
})

export function registerElement(space: ComponentSpace, type: ElementType): void {
  const properties = { ...COMMON, ...type.properties }
  const definition = space.defineComponent({
    is: `builtin/${type.tag}`,
    options: { styleScope: glassEasel.StyleScopeManager.globalScope(), writeIdToDOM: true },
    properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, property(value)])),
    lifetimes: {
      attached() {
        if (isComponent(this)) attach(this, type)
      },
      detached() {
        instances.get(this)?.detach?.()
        instances.delete(this)
      },
    },
    observers: {
      '**'() {
        if (!isComponent(this) || !instances.has(this)) return
        reflect(this)
        instances.get(this)?.update?.()
      },
    },
  })
  space.setGlobalUsingComponent(type.tag, definition.general())
}

const isComponent = (value: unknown): value is GeneralComponent => glassEasel.Component.isComponent(value)

/** The built-in element of a component; undefined for other components and detached ones. */
export function instanceOf(component: object): ElementInstance | undefined {
  return instances.get(component)
}

/** The built-in element of a DOM node. */
export function instanceAt(node: Node): ElementInstance | undefined {
  const owner: unknown = Reflect.get(node, '__wxElement')
  return typeof owner === 'object' && owner !== null ? instances.get(owner) : undefined
}

function attach(component: GeneralComponent, type: ElementType): void {
  const node = nodeOf(component)
  const instance = type.attach({
    node,
    component,
    props: () => component.data,
    emit: (event, detail, options) => component.triggerEvent(event, detail ?? {}, options ?? {}),
    asset: (path) => assetUrl(path, component.ownerShadowRoot?.getHostNode().is ?? ''),
  })
  instances.set(component, instance)
  reflect(component)
  instance.update?.()
}

function reflect(component: GeneralComponent): void {
  const node = nodeOf(component)
  const data: Readonly<Record<string, unknown>> = component.data
  node.hidden = data['hidden'] === true
  for (const [name, attribute] of ARIA) {
    const value = data[name]
    if (value === '') node.removeAttribute(attribute)
    else node.setAttribute(attribute, String(value))
  }
}

/** The DOM node of a component; the preview has no other backend. */
export function nodeOf(component: GeneralComponent): HTMLElement {
  const node: unknown = component.$$
  if (node instanceof HTMLElement) return node
  throw new Error(`<${component.is}> has no node in the document`)
}

function property(value: Properties[string]) {
  if (typeof value === 'string') return { type: String, value }
  if (typeof value === 'number') return { type: Number, value }
  if (typeof value === 'boolean') return { type: Boolean, value }
  if (Array.isArray(value)) return { type: Array, value: [...value] }
  return { type: null, value: null }
}
