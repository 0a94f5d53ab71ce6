import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { accountSchema, sameText } from '../tokens'

export interface FileName {
  cid: number
  filename: string
}
type FileUrlVerdict = { account: string } | { problem: string }

export const fileUrlQuery = z.object({
  account: accountSchema,
  expires: z.string().regex(/^\d{1,12}$/, 'not a time in seconds'),
  sign: z.string().max(100),
})
type FileUrlQuery = z.output<typeof fileUrlQuery>

/** Signed, expiring URLs of recorded files, each for one account: `/recordings/<cid>/<filename>?account=…&expires=…&sign=…`. */
export class FileUrls {
  /** @param ttl lifetime of a URL, seconds */
  constructor(
    private readonly secret: string,
    private readonly ttl: number,
  ) {}

  /** Path and query, relative to the service's root. */
  make(file: FileName, account: string): string {
    const expires = String(Math.floor(Date.now() / 1000) + this.ttl)
    const query = new URLSearchParams({ account, expires, sign: this.sign(file, account, expires) })
    return `/recordings/${file.cid}/${encodeURIComponent(file.filename)}?${query.toString()}`
  }

  verify(file: FileName, { account, expires, sign }: FileUrlQuery): FileUrlVerdict {
    if (!sameText(sign, this.sign(file, account, expires))) return { problem: 'the URL is not signed by this service' }
    if (Number(expires) * 1000 <= Date.now()) return { problem: 'the URL has expired: load the list again' }
    return { account }
  }

  private sign({ cid, filename }: FileName, account: string, expires: string): string {
    return createHmac('sha256', this.secret)
      .update(['file', cid, filename, account, expires].join('\n'))
      .digest('base64url')
  }
}
