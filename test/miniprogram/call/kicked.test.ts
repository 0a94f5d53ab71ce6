/** @jest-environment node */
/** A member that the service removes is told how: kicked, or refused. */
import { CallController } from '../../../miniprogram/call/controller'
import { DEFAULT_SETTINGS } from '../../../miniprogram/services/settings'
import { until } from '../../support/until'
import { installWxSocket } from '../../support/wx-socket'
import { useFixture } from '../netcall/fixture'
import { CID } from '../netcall/scripted-service'

installWxSocket()
const fixture = useFixture()

test.each([
  ['kicked', 24],
  ['refused', 25],
])('%s, by gateway push %i', async (reason, command) => {
  const { service, netcall, im } = fixture()
  const call = new CallController({ settings: () => DEFAULT_SETTINGS })
  call.attach(netcall, im)
  service.callMe()
  await until(() => call.state.phase === 'incoming', 'it rings')
  call.accept()
  await until(() => call.state.phase === 'talking', 'the call')
  service.push(command, { cid: CID, reason: 'because' })
  await until(() => call.state.phase === 'ended', 'the end')
  expect(call.state).toMatchObject({ reason })
  expect(await netcall.getStatus()).toMatchObject({ phase: 'idle', cid: null })
  call.detach()
})
