/** Definition of a built-in component: properties with defaults, and the behaviour of its DOM node. */
import type { GeneralComponent } from 'glass-easel'

type PropertyValue = string | number | boolean | readonly unknown[] | null
export type Properties = Record<string, PropertyValue>

/** A property's type, from its default; `null` accepts anything. */
type Value<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T extends readonly unknown[]
        ? readonly unknown[]
        : unknown
export type Values<P> = { readonly [K in keyof P]: Value<P[K]> }

interface EmitOptions {
  bubbles?: boolean
  composed?: boolean
}

/** An instance of a built-in component in a page. */
export interface ElementHost<P> {
  readonly node: HTMLElement
  readonly component: GeneralComponent
  /** The current properties. */
  props(): Values<P>
  emit(event: string, detail?: unknown, options?: EmitOptions): void
  /** Resolves a path in the mini-program (absolute, or relative to the template that uses the element). */
  asset(path: string): string
}

export interface ElementInstance {
  /** Called after any property has changed. */
  update?(): void
  /** Called when the node was removed from the page. */
  detach?(): void
  /** Value for `form`, and reset. */
  field?: FormField
  /** Action of a tap on the element's `label`. */
  activate?(): void
  /** Methods for `wx.create…Context`, if it has one. */
  context?: object
}
interface FormField {
  name(): string
  value(): unknown
  reset(): void
}

export interface ElementType {
  readonly tag: string
  readonly properties: Properties
  attach(host: ElementHost<Properties>): ElementInstance
}

/** Defines a built-in component. */
export function element<const P extends Properties>(
  tag: string,
  properties: P,
  attach: (host: ElementHost<P>) => ElementInstance = () => ({}),
): ElementType {
  return {
    tag,
    properties,
    attach: (host) =>
      attach({
        ...host,
        props() {
          const values = host.props()
          if (!hasValues(properties, values)) throw new TypeError(`<${tag}> lost a property`)
          return values
        },
      }),
  }
}

/** The framework keeps each property at the type of its default. */
function hasValues<P extends Properties>(properties: P, values: object): values is Values<P> {
  return Object.keys(properties).every((name) => name in values)
}

/** Creates a DOM element with properties. */
export function dom<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = Object.assign(document.createElement(tag), properties)
  node.append(...children)
  return node
}
