/** The document for glass-easel: prefixed tags, plain ids, phone lengths, each style sheet once. */
import * as glassEasel from 'glass-easel'
import { TAG_PREFIX } from '../elements/tags'
import { phoneLengths } from '../plugin/lengths'
import { NotSimulated } from './problems'

type Backend = glassEasel.CurrentWindowBackendContext
type BackendNode = ReturnType<Backend['document']['createElement']>

export class PhoneBackend extends glassEasel.CurrentWindowBackendContext {
  private readonly sheets = new Map<string, number>()
  private readonly contents = new Map<string, string>()
  private readonly elements = new Map<string, HTMLStyleElement>()

  /** `known`: the allowed tags. */
  constructor(known: ReadonlySet<string>) {
    super()
    this.document = {
      createElement: (tag) => {
        if (!known.has(tag)) throw new NotSimulated(`<${tag}>`)
        return asNode(phoneElement(tag))
      },
      createTextNode: (text) => asNode(document.createTextNode(text)),
      createDocumentFragment: () => asNode(document.createDocumentFragment()),
    }
  }

  override registerStyleSheetContent(path: string, content: unknown): void {
    const css = String(content)
    this.contents.set(path, css)
    const element = this.elements.get(path)
    if (element) element.textContent = css
  }

  /** glass-easel requests a page's sheets at each visit; one of each is enough. */
  override appendStyleSheetPath(path: string): number {
    const known = this.sheets.get(path)
    if (known !== undefined) return known
    const element = document.createElement('style')
    element.dataset['path'] = path
    element.textContent = this.contents.get(path) ?? ''
    document.head.append(element)
    this.elements.set(path, element)
    const index = this.sheets.size
    this.sheets.set(path, index)
    return index
  }

  override disableStyleSheet(): void {
    // Sheets are scoped to their page and component, and can stay.
  }
}

function asNode(node: Node): BackendNode {
  if (!isBackendNode(node)) throw new TypeError('not a node')
  return node
}

/** glass-easel has its own type for DOM nodes with its annotations. */
export function isBackendNode(node: object): node is BackendNode {
  return node instanceof Node
}

function phoneElement(tag: string): HTMLElement {
  const node = document.createElement(`${TAG_PREFIX}${tag}`)
  const setAttribute = node.setAttribute.bind(node)
  Object.defineProperty(node, 'id', {
    get: () => node.getAttribute('id') ?? '',
    // glass-easel prefixes ids with their component's number.
    set(id: string) {
      setAttribute('id', id.replace(/^.*--/, ''))
    },
  })
  node.setAttribute = (name, value) => setAttribute(name, name === 'style' ? phoneLengths(value) : value)
  return node
}
