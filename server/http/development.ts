import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { TimelineEntry } from '../timeline'
import { accountSchema } from '../tokens'
import type { HttpDeps } from './deps'
import { ApiError, parseInput } from './errors'

const tokenBody = z.object({ account: accountSchema }, 'send JSON: { "account": "alice" }')
const MAX_WATCHERS = 64
const MAX_BACKLOG = 1024 * 1024
const KEEP_ALIVE = 15_000

/** Replaces an app's own server during development: tokens for any account, the events of all calls. */
export function developmentRoutes(app: FastifyInstance, { store, tokens, timeline, devTokens }: HttpDeps): void {
  const watchers = new Set<ServerResponse>()
  const onlyInDevelopment = (): void => {
    if (devTokens) return
    throw new ApiError(
      403,
      'dev-tokens-off',
      'Signing in by name is off, because it is for development only. Set DEV_TOKENS=on to allow it',
    )
  }

  app.post('/api/tokens', (request) => {
    onlyInDevelopment()
    const { account } = parseInput(tokenBody, request.body)
    return tokens.issue(account)
  })

  app.get('/api/callbacks', () => {
    onlyInDevelopment()
    return { callbacks: store.received(100) }
  })

  app.get('/api/events', (request, reply) => {
    onlyInDevelopment()
    if (watchers.size >= MAX_WATCHERS) throw new ApiError(503, 'busy', 'Too many pages are watching the events')
    const response = reply.raw
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    reply.hijack()
    // Sent at once, so that a page sees that it is connected.
    response.flushHeaders()
    for (const entry of missedBy(request.headers['last-event-id'], timeline.recent())) response.write(asEvent(entry))
    const write = (text: string): void => {
      if (response.writableLength > MAX_BACKLOG) response.destroy()
      else response.write(text)
    }
    const unsubscribe = timeline.subscribe((entry) => write(asEvent(entry)))
    const keepAlive = setInterval(() => write(':\n\n'), KEEP_ALIVE)
    watchers.add(response)
    response.on('error', () => response.destroy())
    response.on('close', () => {
      unsubscribe()
      clearInterval(keepAlive)
      watchers.delete(response)
    })
  })
}

function asEvent(entry: TimelineEntry): string {
  return `id: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n`
}

/** The last event that a reconnecting watcher has seen. Numbers restart with the service: an unknown number means all. */
function missedBy(lastId: string | string[] | undefined, entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const seen = Number(lastId)
  return entries.some(({ id }) => id === seen) ? entries.filter(({ id }) => id > seen) : entries
}
