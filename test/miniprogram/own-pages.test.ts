/** @jest-environment node */
/** The demo's own pages: what sign-in and sign-out open. */
import { HOME_PAGE } from '../../miniprogram/config'
import { followSession, LOGIN_PAGE } from '../../miniprogram/own-pages'
import { fakeApp, type FakeApp } from '../support/fake-app'
import { resetWx } from '../support/fake-wx'

const WHO = { account: 'alice', service: 'http://localhost' }
let session: FakeApp['session']
let shown: string

beforeEach(() => {
  shown = HOME_PAGE
  Object.assign(globalThis, { wx: {}, getCurrentPages: () => [{ route: shown.slice(1) }] })
  resetWx()
  session = fakeApp({ session: { phase: 'signed-out', problem: null } }).session
  followSession(session)
})

test('sign-in opens the contacts once; sign-out the login page', () => {
  session.become({ phase: 'signing-in', ...WHO })
  session.become({ phase: 'signed-in', ...WHO, online: true })
  session.become({ phase: 'signed-in', ...WHO, online: false })
  expect(wx.switchTab).toHaveBeenCalledTimes(1)
  expect(wx.switchTab).toHaveBeenCalledWith({ url: '/pages/contacts/contacts' })
  expect(wx.reLaunch).not.toHaveBeenCalled()
  session.become({ phase: 'signed-out', problem: null })
  expect(wx.reLaunch).toHaveBeenCalledWith({ url: '/pages/login/login' })
})

test('a failed sign-in stays on the login page', () => {
  shown = LOGIN_PAGE
  session.become({ phase: 'signing-in', ...WHO })
  session.become({ phase: 'signed-out', problem: { reason: 'unreachable', detail: 'timeout' } })
  expect(wx.reLaunch).not.toHaveBeenCalled()
  expect(wx.switchTab).not.toHaveBeenCalled()
})
