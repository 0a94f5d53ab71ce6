/**
 * Whether the user has agreed to the mini-program's privacy guideline, now or earlier: WeChat opens no microphone and camera before. If
 * necessary WeChat asks, by its own dialog or by the app's, if the app listens to `wx.onNeedPrivacyAuthorization`. The calls do not listen:
 * WeChat keeps one listener for the whole app.
 */
export function agreedToPrivacy(): Promise<boolean> {
  // Base libraries before 2.32.3 know no guideline.
  if (typeof wx.getPrivacySetting !== 'function') return Promise.resolve(true)
  return new Promise((resolve) => {
    wx.getPrivacySetting({
      success: ({ needAuthorization }) => {
        if (!needAuthorization) resolve(true)
        else wx.requirePrivacyAuthorize({ success: () => resolve(true), fail: () => resolve(false) })
      },
      // WeChat then asks when a device opens.
      fail: () => resolve(true),
    })
  })
}
