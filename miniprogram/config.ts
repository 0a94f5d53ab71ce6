/** Where the call service is, until the login page is told otherwise. */
export const DEFAULT_SERVICE = 'http://127.0.0.1:8360'
