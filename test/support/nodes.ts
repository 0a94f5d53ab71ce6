/** A single node: its text, its properties, and a tap on it. */
import { dashed, type Mounted } from './simulate'

type Node = ReturnType<Mounted['find']>

/** The text of a node, its parts separated by a space. */
export function words(node: Node): string {
  if (!node.dom) return ''
  const walker = document.createTreeWalker(node.dom, NodeFilter.SHOW_TEXT)
  const parts: string[] = []
  while (walker.nextNode()) parts.push((walker.currentNode.nodeValue ?? '').replaceAll(/\s+/g, ' ').trim())
  return parts.filter((part) => part !== '').join(' ')
}

/** An attribute of a built-in tag by its template name. */
export function attribute(node: Node, name: string): unknown {
  return node.toJSON().attrs.find((attr) => dashed(attr.name) === name)?.value
}

/** Sends an event from a node and waits for its effects. */
export async function send(node: Node | undefined, event: string, detail: object = {}): Promise<void> {
  if (!node) throw new Error(`no node to send ${event} from`)
  node.dispatchEvent(event, { detail })
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}
