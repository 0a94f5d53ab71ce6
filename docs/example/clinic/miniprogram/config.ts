import type { ProviderName } from './netcall/config'
import type { Texts } from './texts/index'

export const DEFAULT_PROVIDER: ProviderName = 'local'
export const DEFAULT_SERVICE = 'http://127.0.0.1:8360'
export const HOME_PAGE = '/pages/home/home'
/** This app has no tabs. */
export const TABS: ReadonlyArray<keyof Texts<'common'>> = []
/** No reminders of calls while the app is closed. */
export const REMINDER_TEMPLATE: string = ''
