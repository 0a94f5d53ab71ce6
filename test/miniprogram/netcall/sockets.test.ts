/** @jest-environment node */
/** WeChat opens five sockets at most: a call needs two, however often they are dialled anew. */
import { TIMING } from '../../../miniprogram/netcall/local/timing'
import { elapse } from '../../support/elapse'
import { until } from '../../support/until'
import { installWxSocket, openSockets, showApp } from '../../support/wx-socket'
import { answerCall, useFixture } from './fixture'

installWxSocket()
const fixture = useFixture()
const MOST = 5
/** From a break, or the app's return, to the next try, ms. */
const FIRST_TRY = TIMING.signalReconnect.delay(1) ?? 0

test('a call has two sockets, and never more than WeChat allows while its links come back', async () => {
  const fix = fixture()
  await answerCall(fix)
  expect(openSockets()).toBe(2)

  const { service, im, payloads } = fix
  let most = 0
  const { connectSocket } = wx
  Object.assign(wx, {
    connectSocket: (options: WechatMiniprogram.ConnectSocketOption) => {
      const socket = connectSocket(options)
      most = Math.max(most, openSockets())
      return socket
    },
  })
  // Nobody lets them in, however often they are dialled.
  service.greet = () => true
  service.script.login = () => 'silence'
  for (const side of ['signal', 'gateway'] as const) service.breakLinks(side)
  await until(() => openSockets() === 0, 'both breaks are noticed')
  for (let again = 2; again < 8; again++) {
    await elapse(FIRST_TRY)
    await until(() => service.dialled.signal >= again && service.dialled.gateway >= again, 'both are dialled')
    showApp()
  }
  service.greet = () => false
  delete service.script.login
  showApp()
  await elapse(FIRST_TRY)
  await until(() => im.connected && payloads('syncDone').length === 2, 'both links are back')
  expect(most).toBeLessThanOrEqual(MOST)
  await until(() => openSockets() === 2, 'two sockets')
  Object.assign(wx, { connectSocket })
})
