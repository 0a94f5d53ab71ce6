/** Counts data set by the mini-program's pages and components: each `setData` crosses from scripts to the screen. */
import { component } from 'glass-easel-miniprogram-adapter'

export interface DataSet {
  /** The path of the page or component. */
  by: string
  keys: string[]
  /** Size as JSON in UTF-8. */
  bytes: number
}

/** Data set in the next `duration` ms. */
export async function dataSets(duration: number): Promise<DataSet[]> {
  const { prototype } = component.ComponentCaller
  const original = Object.getOwnPropertyDescriptor(prototype, 'setData')
  if (!original) throw new Error('pages and components have no setData')
  const setData: unknown = original.value
  if (typeof setData !== 'function') throw new Error('setData is no function')
  const sets: DataSet[] = []
  Object.defineProperty(prototype, 'setData', {
    ...original,
    value(this: { is: string }, data: object, ...rest: unknown[]): unknown {
      const bytes = new TextEncoder().encode(JSON.stringify(data)).length
      sets.push({ by: this.is, keys: Object.keys(data), bytes })
      return Reflect.apply(setData, this, [data, ...rest])
    },
  })
  await new Promise((resolve) => setTimeout(resolve, duration))
  Object.defineProperty(prototype, 'setData', original)
  return sets
}
