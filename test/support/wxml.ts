/** A template as a tree, for tests of its contents. */
export interface WxmlElement {
  tag: string
  attributes: ReadonlyMap<string, string>
  /** Elements and texts, in order. */
  children: Array<WxmlElement | string>
  parent: WxmlElement | null
}

const TOKEN = /<!--[\s\S]*?-->|<\/[\w-]+\s*>|<([\w-]+)((?:[^"'>]|"[^"]*"|'[^']*')*?)(\/?)>|[^<]+/g
const ATTRIBUTE = /([\w:.-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g

/** The root contains the whole template. */
export function parseWxml(template: string): WxmlElement {
  const root: WxmlElement = { tag: '', attributes: new Map(), children: [], parent: null }
  let open = root
  for (const [token, tag, attributes = '', closed] of template.matchAll(TOKEN)) {
    if (token.startsWith('<!--')) continue
    if (token.startsWith('</')) {
      if (!open.parent || token !== `</${open.tag}>`) throw new Error(`${token} closes <${open.tag}>`)
      open = open.parent
    } else if (tag !== undefined) {
      const element: WxmlElement = { tag, attributes: readAttributes(attributes), children: [], parent: open }
      open.children.push(element)
      if (closed !== '/') open = element
    } else if (token.trim() !== '') open.children.push(token.trim())
  }
  if (open !== root) throw new Error(`<${open.tag}> is not closed`)
  return root
}

/** The element and all its descendants. */
export function elementsOf(element: WxmlElement): WxmlElement[] {
  return [element, ...element.children.flatMap((child) => (typeof child === 'string' ? [] : elementsOf(child)))]
}

/** The element's ancestors, nearest first. */
export function ancestorsOf({ parent }: WxmlElement): WxmlElement[] {
  return parent ? [parent, ...ancestorsOf(parent)] : []
}

/** Name of an element in messages: `<view#own.picture>`. */
export function nameOf({ tag, attributes }: WxmlElement): string {
  const id = attributes.get('id')
  const [first] = (attributes.get('class') ?? '').split(/\s+/)
  return `<${tag}${id ? `#${id}` : ''}${first ? `.${first}` : ''}>`
}

function readAttributes(source: string): Map<string, string> {
  return new Map([...source.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [name, double ?? single ?? '']))
}
