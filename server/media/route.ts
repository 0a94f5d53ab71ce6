export interface MediaRoute {
  /** As in the URL; `<cid>-<uid>` if valid. */
  stream: string
  query: URLSearchParams
}

const PATH = /^\/live\/([^/]+)\.flv$/

/** `/live/<cid>-<uid>.flv?…`; null for other requests. */
export function mediaRoute(url: string | undefined): MediaRoute | null {
  const [path = '', query = ''] = (url ?? '').split('?', 2)
  const stream = PATH.exec(path)?.[1]
  return stream === undefined ? null : { stream, query: new URLSearchParams(query) }
}
