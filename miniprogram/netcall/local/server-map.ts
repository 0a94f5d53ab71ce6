import { NetcallError } from '../errors'
import { isText, listOf, oneOf, optional, parseJson, shape } from '../guards'

const isServerMap = shape<{ wechatapparray: string[]; scheme: 'ws' | 'wss' | undefined }>({
  wechatapparray: listOf(isText),
  scheme: optional(oneOf(['ws', 'wss'])),
})

/** The gateway's URL from a `serverMap` JSON string; `wss` by default. */
export function gatewayUrl(serverMap: string): string {
  const map = parseJson(serverMap)
  const address = isServerMap(map) ? map.wechatapparray[0] : undefined
  if (!isServerMap(map) || address === undefined) {
    throw new NetcallError('service-error', 'serverMap: no gateway address in it (wechatapparray[0] is missing)')
  }
  return `${map.scheme ?? 'wss'}://${address}`
}
