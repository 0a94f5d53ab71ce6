import { REMINDER_TEMPLATE } from '../config'

/** WeChat's code if the user has switched off all subscription messages of this app. */
const ALL_OFF = 20004

/**
 * Asks for the user's consent to one subscription message, which the app's server sends when a call does not reach this account
 * (docs/service.md, `unreachable`). To be called in a tap.
 */
export function askForReminder(): Promise<'accepted' | 'refused' | 'switched-off'> {
  return new Promise((resolve) =>
    wx.requestSubscribeMessage({
      tmplIds: [REMINDER_TEMPLATE],
      success: (result) => resolve(result[REMINDER_TEMPLATE] === 'accept' ? 'accepted' : 'refused'),
      fail: ({ errCode }) => resolve(errCode === ALL_OFF ? 'switched-off' : 'refused'),
    }),
  )
}
