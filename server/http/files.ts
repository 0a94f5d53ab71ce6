import type { ServerResponse } from 'node:http'
import send from '@fastify/send'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { cidParams } from './calls'
import type { HttpDeps } from './deps'
import { ApiError, parseInput } from './errors'
import { fileUrlQuery, type FileName } from './file-urls'
import { wasIn } from './views'
import { accountOf } from './account'

/** Maximum concurrent downloads per account; each holds a file open. */
const MOST_DOWNLOADS = 32
/** A download is closed if the client reads nothing for this long, ms. */
const STALLED = 60_000
const TYPES = { mp4: 'video/mp4', aac: 'audio/aac', flv: 'video/x-flv' } as const
const fileParams = cidParams.extend({
  filename: z.string().regex(/^[\w-][\w.-]{0,127}$/, 'not the name of a recorded file'),
})
const signed = z.object({ sign: z.string() })

/** Closes an answer of which the client reads nothing for `STALLED`. */
function closeIfStalled(raw: ServerResponse): void {
  const timer = setTimeout(() => {
    if (raw.writableNeedDrain) raw.destroy()
    else timer.refresh()
  }, STALLED)
  raw.on('drain', () => timer.refresh())
  raw.once('close', () => clearTimeout(timer))
}

/** `/recordings/<cid>/<filename>`, with ranges; for members of the call, by signed URL or token. */
export function fileRoutes(app: FastifyInstance, { store, tokens, fileUrls, recordingsDir, metrics }: HttpDeps): void {
  const downloads = new Map<string, number>()
  /** Counts a download of the account until its answer is sent or it was stalled for too long. */
  const countDownload = (account: string, { raw }: FastifyReply): void => {
    const running = downloads.get(account) ?? 0
    if (running >= MOST_DOWNLOADS) {
      metrics.limited('downloads')
      throw new ApiError(429, 'too-many-downloads', `At most ${MOST_DOWNLOADS} files at a time for one account`)
    }
    downloads.set(account, running + 1)
    closeIfStalled(raw)
    raw.once('close', () => {
      const left = (downloads.get(account) ?? 1) - 1
      if (left === 0) downloads.delete(account)
      else downloads.set(account, left)
    })
  }
  /** A signed URL stays valid until it expires, even if the account deletes the call: the app's server has it, too. */
  const viewer = (request: FastifyRequest, file: FileName): string => {
    if (!signed.safeParse(request.query).success) {
      const account = accountOf(request, tokens)
      if (store.hasDeleted(file.cid, account)) throw new ApiError(404, 'deleted', 'You have deleted this call')
      return account
    }
    const verdict = fileUrls.verify(file, parseInput(fileUrlQuery, request.query))
    if ('problem' in verdict) throw new ApiError(403, 'bad-link', `No access: ${verdict.problem}`)
    return verdict.account
  }

  app.get('/recordings/:cid/:filename', async (request, reply) => {
    const wanted = parseInput(fileParams, request.params)
    const account = viewer(request, wanted)
    if (!wasIn(store.members(wanted.cid), account)) {
      throw new ApiError(403, 'forbidden', 'Only members of the call may download its files')
    }
    // Only names that the database knows reach the file system.
    const file = store.file(wanted.cid, wanted.filename)
    if (!file) throw new ApiError(404, 'not-found', `Call ${wanted.cid} has no file ${wanted.filename}`)

    countDownload(account, reply)
    const path = `/${file.cid}/${encodeURIComponent(file.filename)}`
    const sent = await send(request.raw, path, {
      root: recordingsDir,
      index: false,
      contentType: false,
      cacheControl: false,
    })
    const range = sent.headers['Content-Range']
    if (range !== undefined) void reply.header('Content-Range', range)
    if (sent.statusCode === 416) throw new ApiError(416, 'bad-range', `The file has ${file.size} bytes`)
    if (sent.type !== 'file') throw new ApiError(404, 'gone', `The file ${file.filename} is no longer on the disk`)
    return reply
      .code(sent.statusCode)
      .headers({ ...sent.headers, 'Content-Type': TYPES[file.kind], 'Cache-Control': 'private' })
      .send(sent.stream)
  })
}
