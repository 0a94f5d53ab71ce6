/** Vite plugin: the scripts of the preview's own pages, one module each. */
import { normalizePath, type Plugin } from 'vite'
import { bundle } from './bundle'

/** @param entries absolute paths of the entry modules */
export function pages(entries: string[]): Plugin {
  const bundled = new Set(entries.map((entry) => normalizePath(entry)))
  return {
    name: 'pages',
    enforce: 'pre',
    async load(id) {
      if (!bundled.has(id)) return undefined
      const { code, map, files } = await bundle(id)
      for (const file of files) this.addWatchFile(file)
      return { code, map }
    },
  }
}
