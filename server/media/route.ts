export interface MediaRoute {
  /** As spelled, `<cid>-<uid>` if it is right. */
  stream: string
  query: URLSearchParams
}

const PATH = /^\/live\/([^/]+)\.flv$/

/** `/live/<cid>-<uid>.flv?…`, or null when the request is for another part of the service. */
export function mediaRoute(url: string | undefined): MediaRoute | null {
  const [path = '', query = ''] = (url ?? '').split('?', 2)
  const stream = PATH.exec(path)?.[1]
  return stream === undefined ? null : { stream, query: new URLSearchParams(query) }
}
