/** The development server behind the page. It shares the call service's port. */
import type { Server } from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'
import { miniprogram } from './plugin'

const root = path.dirname(fileURLToPath(import.meta.url))
const repository = path.dirname(root)

/**
 * @param server the HTTP server whose port is shared, for the socket that tells of changes
 * @param sources the mini-program's folder
 */
export function createVite(server: Server, sources = path.join(repository, 'miniprogram')): Promise<ViteDevServer> {
  return createServer({
    root,
    configFile: false,
    appType: 'mpa',
    logLevel: 'warn',
    clearScreen: false,
    plugins: [miniprogram({ root: sources, phonePage: '/phone.html' })],
    // All of them are named here: one found later would reload the page in the middle of its first start.
    optimizeDeps: {
      noDiscovery: true,
      include: ['glass-easel', 'glass-easel-miniprogram-adapter', 'mpegts.js', 'mediabunny', '@mediabunny/aac-encoder'],
    },
    server: {
      middlewareMode: true,
      hmr: { server },
      fs: { allow: [repository, sources] },
    },
  })
}
