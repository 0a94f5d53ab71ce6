/** Where the browser finds what a phone would reach by RTMP: the service takes and gives the same streams by FLV. */

/** `rtmp://host:port/live/1-2?sign` → `ws://page/live/1-2.flv?sign`. Throws on anything but an RTMP address. */
export function publishUrl(rtmp: string, page: URL | Location): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}${flvPath(rtmp)}`
}

/**
 * The same for playing: browsers keep no more than six HTTP connections to a host, and a room plays more. An http address
 * stays as it is.
 */
export function playUrl(source: string, page: URL | Location): string {
  return /^https?:/.test(source) ? source : publishUrl(source, page)
}

function flvPath(rtmp: string): string {
  const parts = /^rtmp:\/\/[^/]+(\/[^?]+)(\?.*)?$/.exec(rtmp)
  if (!parts) throw new Error('not an rtmp:// address')
  return `${parts[1] ?? ''}.flv${parts[2] ?? ''}`
}
