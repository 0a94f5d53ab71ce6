/** Settings of this app; replace this file when you copy the calls into another one. */
import type { ProviderName } from './netcall/config'
import type { Texts } from './texts/index'

/** Default provider until the login page changes it: this project's service, or NetEase's (`yunxin`). */
export const DEFAULT_PROVIDER: ProviderName = 'local'
/** Default URL of the call service, until the login page changes it. */
export const DEFAULT_SERVICE = 'http://127.0.0.1:8360'
/** The page to start calls from. */
export const HOME_PAGE = '/pages/contacts/contacts'
/** Template of the subscription message about calls while the app is closed; the settings page offers it unless it is empty. */
export const REMINDER_TEMPLATE: string = ''
/** Keys of the tab titles in app.json's order; none to keep app.json's texts. */
export const TABS: ReadonlyArray<keyof Texts<'common'>> = ['tabContacts', 'tabRecords', 'tabSettings']
