import { createServer } from 'node:http'
import { once } from 'node:events'
import type { Limit } from '../../../server/limit'
import { createMedia, type MediaEngineOptions } from '../../../server/media/media'
import { formatStreamName } from '../../../server/media/stream-name'
import type { Media, MediaAction, MediaTag, Publication, StreamName } from '../../../server/media/types'
import { flvUrl } from '../../support/media-client'

/** An engine on free ports, with an HTTP server like a service's. */
export interface Engine {
  media: Media
  /** Of the HTTP server: `127.0.0.1:<port>`. */
  authority: string
  /** Events as text: `publish 1-2 rtmp`. Tags are in `tags`. */
  events: string[]
  tags: { publication: Publication; tag: MediaTag }[]
  /** Limits that clients reached. */
  limits: Limit[]
  push(name: StreamName, protocol?: 'rtmp' | 'ws', subject?: string): string
  play(name: StreamName, protocol?: 'rtmp' | 'ws' | 'http', subject?: string): string
  close(): Promise<void>
}

export async function startEngine(options: Partial<MediaEngineOptions> = {}): Promise<Engine> {
  const media = createMedia({
    host: '127.0.0.1',
    rtmpPort: 0,
    secret: 'a secret for tests',
    urlTtl: 60,
    authorize: () => null,
    ...options,
  })
  const events: string[] = []
  const tags: Engine['tags'] = []
  media.on('publish', ({ name, protocol }) => events.push(`publish ${formatStreamName(name)} ${protocol}`))
  media.on('unpublish', ({ name }, reason) => events.push(`unpublish ${formatStreamName(name)}: ${reason}`))
  media.on('play', (name, protocol) => events.push(`play ${formatStreamName(name)} ${protocol}`))
  media.on('stop', (name, protocol, reason) => events.push(`stop ${formatStreamName(name)} ${protocol}: ${reason}`))
  media.on('refused', (action, protocol, reason) => events.push(`refused ${action} ${protocol}: ${reason}`))
  const limits: Limit[] = []
  media.on('limited', (limit) => limits.push(limit))
  media.on('tag', (publication, tag) => tags.push({ publication, tag }))

  const http = createServer((request, response) => {
    if (!media.handleRequest(request, response)) response.writeHead(404).end('not media')
  })
  http.on('upgrade', (request, socket, head) => {
    if (!media.handleUpgrade(request, socket, head)) socket.destroy()
  })
  http.listen(0, '127.0.0.1')
  await Promise.all([once(http, 'listening'), media.listen()])
  const address = http.address()
  const authority = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`

  const url = (action: MediaAction, name: StreamName, protocol: 'rtmp' | 'ws' | 'http', subject = 'somebody') => {
    const signed =
      action === 'publish' ? media.pushUrl(name, subject, '127.0.0.1') : media.playUrl(name, subject, '127.0.0.1')
    return protocol === 'rtmp' ? signed : flvUrl(signed, protocol, authority)
  }
  return {
    media,
    authority,
    events,
    tags,
    limits,
    push: (name, protocol = 'rtmp', subject) => url('publish', name, protocol, subject),
    play: (name, protocol = 'rtmp', subject) => url('play', name, protocol, subject),
    async close() {
      await media.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
