/** What is this app's own: whoever takes the calls into another one writes this file anew. */
import type { ProviderName } from './netcall/config'
import type { Texts } from './texts/index'

/** Whose calls these are, until the login page is told otherwise: this project's own service, or NetEase's (`yunxin`). */
export const DEFAULT_PROVIDER: ProviderName = 'local'
/** Where the call service is, until the login page is told otherwise. */
export const DEFAULT_SERVICE = 'http://127.0.0.1:8360'
/** Where there is somebody to call. */
export const HOME_PAGE = '/pages/contacts/contacts'
/** What the tabs of app.json are called, in its order, in the language shown; none where they keep app.json's words. */
export const TABS: ReadonlyArray<keyof Texts<'common'>> = ['tabContacts', 'tabRecords', 'tabSettings']
