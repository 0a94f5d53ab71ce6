/** The guide's example, built by its commands, as used by a patient. */
import path from 'node:path'
import type { AppContext } from '../../miniprogram/app-context'
import { FakeIm, FakeNetcall } from '../support/fake-netcall'
import { copyPieces, GUIDES, type Examples } from '../support/guide'
import { mountPage, settle } from '../support/simulate'

interface App extends AppContext {
  onLaunch(launch: { query: Record<string, string> }): void
}

let examples: Examples
beforeAll(() => {
  examples = copyPieces(GUIDES[1])
})
afterAll(() => examples.discard())

test('the patient signs in and calls the doctor, and the clinic is notified of the end', async () => {
  const root = path.join(examples.clinic, 'miniprogram')
  const request = jest.fn<void, [{ url: string; data: object }]>()
  Object.assign(wx, { request })
  let app: App | undefined
  Object.assign(globalThis, {
    App: (given: App) => (app = given),
    getCurrentPages: () => [{ route: 'pages/home/home' }],
  })
  jest.isolateModules(() => jest.requireActual(path.join(root, 'app')))
  if (!app) throw new Error('app.ts does not call App()')
  app.onLaunch({ query: {} })
  expect(request.mock.calls[0]?.[0]).toMatchObject({
    url: 'http://127.0.0.1:8360/api/tokens',
    data: { account: 'patient' },
  })
  expect(app.settings.get()).toMatchObject({ recordAudio: true, recordVideo: true, recordType: '2' })

  const netcall = new FakeNetcall()
  app.call.attach(netcall, new FakeIm('patient'))
  const signedIn = { phase: 'signed-in', account: 'patient', service: 'http://127.0.0.1:8360', online: true } as const
  jest.spyOn(app.session, 'state', 'get').mockReturnValue(signedIn)
  const home = await mountPage('pages/home/home', { app, root })
  for (const kind of ['audio', 'video'] as const) {
    await home.tap(`.${kind}`)
    await settle()
    expect(app.call.state).toMatchObject({ phase: 'outgoing', peer: 'dr-chen', kind })
    expect(wx.navigateTo).toHaveBeenCalledWith({ url: '/pages/call/call' })
    app.call.hangUp()
    expect(console.info).toHaveBeenLastCalledWith('consultation with dr-chen: cancelled, 0 s')
    app.call.dismiss()
  }
  expect(netcall.calls('call')).toMatchObject([
    { callee: 'dr-chen', type: 1 },
    { callee: 'dr-chen', type: 2 },
  ])
})
