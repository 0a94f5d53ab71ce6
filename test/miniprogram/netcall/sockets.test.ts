/** @jest-environment node */
/** WeChat opens five sockets at most: a call needs two, however often they are dialled anew. */
import { until } from '../../support/until'
import { installWxSocket, openSockets, showApp } from '../../support/wx-socket'
import { answerCall, useFixture } from './fixture'

installWxSocket()
const fixture = useFixture()
const MOST = 5

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
  for (let again = 2; again < 8; again++) {
    await until(() => service.dialled.signal >= again && service.dialled.gateway >= again, 'both are dialled')
    showApp()
  }
  service.greet = () => false
  delete service.script.login
  showApp()
  await until(() => im.connected && payloads('syncDone').length === 2, 'both links are back')
  expect(most).toBeLessThanOrEqual(MOST)
  await until(() => openSockets() === 2, 'two sockets')
  Object.assign(wx, { connectSocket })
})
