/** Maps RTMP URLs to the browser's: the service has the same streams as FLV. */

/** `rtmp://host:port/live/1-2?sign` → `ws://page/live/1-2.flv?sign`. Throws on anything but an RTMP address. */
export function publishUrl(rtmp: string, page: URL | Location): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}${flvPath(rtmp)}`
}

/** The same for playing: browsers open at most six HTTP connections to a host, and a room has more streams. An http URL is unchanged. */
export function playUrl(source: string, page: URL | Location): string {
  return /^https?:/.test(source) ? source : publishUrl(source, page)
}

function flvPath(rtmp: string): string {
  const parts = /^rtmp:\/\/[^/]+(\/[^?]+)(\?.*)?$/.exec(rtmp)
  if (!parts) throw new Error('not an rtmp:// address')
  return `${parts[1] ?? ''}.flv${parts[2] ?? ''}`
}
