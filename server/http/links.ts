import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { accountSchema, sameText } from '../tokens'

export interface LinkedFile {
  cid: number
  filename: string
}
export type LinkVerdict = { account: string } | { problem: string }

export const linkQuery = z.object({
  account: accountSchema,
  expires: z.string().regex(/^\d{1,12}$/, 'not a time in seconds'),
  sign: z.string().max(100),
})
export type LinkQuery = z.output<typeof linkQuery>

/** Signed, expiring links to recorded files, each for one account: `/recordings/<cid>/<filename>?account=…&expires=…&sign=…`. */
export class FileLinks {
  /** @param ttl how long a link is good for, seconds */
  constructor(
    private readonly secret: string,
    private readonly ttl: number,
  ) {}

  /** A path from the service's root. */
  make(file: LinkedFile, account: string): string {
    const expires = String(Math.floor(Date.now() / 1000) + this.ttl)
    const query = new URLSearchParams({ account, expires, sign: this.sign(file, account, expires) })
    return `/recordings/${file.cid}/${encodeURIComponent(file.filename)}?${query.toString()}`
  }

  verify(file: LinkedFile, { account, expires, sign }: LinkQuery): LinkVerdict {
    if (!sameText(sign, this.sign(file, account, expires))) return { problem: 'the link is not signed by this service' }
    if (Number(expires) * 1000 <= Date.now()) return { problem: 'the link has expired: ask for the list again' }
    return { account }
  }

  private sign({ cid, filename }: LinkedFile, account: string, expires: string): string {
    return createHmac('sha256', this.secret)
      .update(['file', cid, filename, account, expires].join('\n'))
      .digest('base64url')
  }
}
