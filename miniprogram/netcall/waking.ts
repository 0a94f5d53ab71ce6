/** The typings let `off` take only listeners that could also hear any call's result. */
type NetworkStatus = Partial<
  WechatMiniprogram.OnNetworkStatusChangeListenerResult & WechatMiniprogram.GeneralCallbackResult
>

/**
 * Calls `wake` when the app comes back, and when the network returns or becomes another one: sockets are dead by then as
 * often as not, and nobody says so. The answer stops it.
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
