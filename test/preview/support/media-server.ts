/** A process with the preview's page over a test's mini-program; behind it only the service's media. */
import { createServer } from 'node:http'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { createVite } from '../../../preview/vite'
import { createLog } from '../../../server/log'
import { createMedia } from '../../../server/media/media'

/** One per phone of a test. */
const STREAMS = Array.from({ length: 6 }, (_, uid) => ({ cid: 1, uid }))

const tell = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(sources: string): Promise<void> {
  const media = createMedia({
    host: '127.0.0.1',
    rtmpPort: 0,
    secret: 'of the test',
    urlTtl: 600,
    authorize: () => null,
    logger: createLog('warn'),
  })
  const server = createServer()
  const vite = await createVite(server, { sources, cacheDir: path.join(sources, '.vite') })
  server.on('request', (request, response) => {
    if (!media.handleRequest(request, response)) vite.middlewares(request, response)
  })
  server.on('upgrade', (request, socket, head) => void media.handleUpgrade(request, socket, head))
  await media.listen()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const streams = STREAMS.map((stream) => ({
    push: media.pushUrl(stream, 'the page', '127.0.0.1'),
    play: media.playUrl(stream, 'the page', '127.0.0.1'),
  }))
  tell(JSON.stringify({ url: `http://127.0.0.1:${port}`, streams }))
  createInterface(process.stdin)
    .on('line', () => STREAMS.forEach((stream) => media.dropStream(stream, 'the test says so')))
    .on('close', () => process.exit(0))
}

void main(process.argv[2] ?? '')
