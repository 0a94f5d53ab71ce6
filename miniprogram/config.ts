import type { ProviderName } from './netcall/config'

/** Whose calls these are, until the login page is told otherwise: this project's own service, or NetEase's (`yunxin`). */
export const DEFAULT_PROVIDER: ProviderName = 'local'
/** Where the call service is, until the login page is told otherwise. */
export const DEFAULT_SERVICE = 'http://127.0.0.1:8360'
