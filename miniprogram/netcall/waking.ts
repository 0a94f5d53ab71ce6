/** The typings let `off` take only listeners that accept any call's result. */
type NetworkStatus = Partial<
  WechatMiniprogram.OnNetworkStatusChangeListenerResult & WechatMiniprogram.GeneralCallbackResult
>

/**
 * Calls `wake` when the app comes back, and when the network returns or changes: sockets are often dead then without an event. Returns the
 * unsubscribe function.
 */
export function onWaking(wake: () => void): () => void {
  const shown = (): void => wake()
  const networkChanged = ({ isConnected }: NetworkStatus): void => {
    if (isConnected) wake()
  }
  wx.onAppShow(shown)
  wx.onNetworkStatusChange(networkChanged)
  return () => {
    wx.offAppShow(shown)
    wx.offNetworkStatusChange(networkChanged)
  }
}
