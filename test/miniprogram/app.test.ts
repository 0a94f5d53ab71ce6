/** @jest-environment node */
/** How the app starts: the account from the launch query, or the last one. */
import type { AppContext } from '../../miniprogram/app-context'
import { resetWx, store } from '../support/fake-wx'

interface App extends AppContext {
  onLaunch(launch: { query: Record<string, string> }): void
}

/** Starts the app; returns the account and service of the token request. */
function launch(query: Record<string, string>): { url: string; data: { account: string } } | undefined {
  const request = jest.fn<void, [{ url: string; data: { account: string } }]>()
  Object.assign(wx, { request })
  Object.assign(globalThis, { App: (app: App) => app.onLaunch({ query }), getCurrentPages: () => [] })
  jest.isolateModules(() => jest.requireActual('../../miniprogram/app'))
  return request.mock.calls[0]?.[0]
}

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
})

test('the first start asks for an account', () => {
  expect(launch({})).toBeUndefined()
})

test('the next start signs in the last account', () => {
  store('netcall:session', { account: 'alice', service: 'http://10.0.0.2:8360', accounts: ['alice'] })
  expect(launch({})).toMatchObject({ url: 'http://10.0.0.2:8360/api/tokens', data: { account: 'alice' } })
})

test('a launch with an account and a service signs in there, with decoded values', () => {
  store('netcall:session', { account: 'alice', service: 'http://10.0.0.2:8360', accounts: ['alice'] })
  const query = { account: 'bob', service: encodeURIComponent('http://127.0.0.1:9000') }
  expect(launch(query)).toMatchObject({ url: 'http://127.0.0.1:9000/api/tokens', data: { account: 'bob' } })
})

test('an undecodable launch query is ignored', () => {
  expect(launch({ account: '%', service: '%zz' })).toBeUndefined()
})
