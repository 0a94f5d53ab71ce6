/** The development server behind the page. It shares the call service's port. */
import type { Server } from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'
import { miniprogram } from './plugin'
import { pages } from './plugin/pages'

const root = path.dirname(fileURLToPath(import.meta.url))
const repository = path.dirname(root)

interface PageOptions {
  /** The mini-program's folder. */
  sources?: string
  /** Cache of bundled packages. */
  cacheDir: string
}

/** @param server the HTTP server whose port is shared, for the reload socket */
export function createVite(server: Server, options: PageOptions): Promise<ViteDevServer> {
  const sources = options.sources ?? path.join(repository, 'miniprogram')
  return createServer({
    root,
    cacheDir: options.cacheDir,
    configFile: false,
    appType: 'mpa',
    logLevel: 'warn',
    clearScreen: false,
    plugins: [
      miniprogram({ root: sources, phonePage: '/phone.html' }),
      pages(['runtime/boot.ts', 'shell/main.ts'].map((entry) => path.join(root, entry))),
    ],
    // All of them are listed: one that is discovered later would reload the page during its first start.
    optimizeDeps: {
      noDiscovery: true,
      include: ['glass-easel', 'glass-easel-miniprogram-adapter', 'mpegts.js', 'mediabunny', '@mediabunny/aac-encoder'],
    },
    server: {
      middlewareMode: true,
      hmr: { server },
      // An allow-list of what the pages load. The repository also contains data, keys and settings.
      fs: { allow: [root, sources, path.join(repository, 'node_modules'), path.join(options.cacheDir, 'deps')] },
    },
  })
}
