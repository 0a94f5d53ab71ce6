import { controlClock } from '../../support/clock'
import { elapse } from '../../support/elapse'
import { watchTimers } from '../../support/timers'
import { until } from '../../support/until'
import { openSockets, wakingListeners } from '../../support/wx-socket'
import { TIMING } from '../../../miniprogram/netcall/local/timing'
import { phone, type Phone } from './phone'
import { CID, ScriptedService } from './scripted-service'

interface Fixture extends Phone {
  service: ScriptedService
}

/**
 * A scripted service with alice signed in, for each test of the file; nothing may be left afterwards. The clock stands still until a test
 * advances it.
 */
export function useFixture(): () => Fixture {
  controlClock()
  let current: Fixture | null = null
  const timers = watchTimers('miniprogram/netcall')
  beforeEach(async () => {
    const service = new ScriptedService()
    await service.start()
    current = { service, ...phone(service.host) }
    await current.im.connect()
  })
  afterEach(async () => {
    current?.im.disconnect()
    try {
      // How long a silent gateway keeps a leaving member.
      await elapse(TIMING.logoutTimeout)
      await until(() => openSockets() === 0 && timers.count === 0, 'all sockets and timers are gone')
      expect(wakingListeners()).toBe(0)
    } finally {
      await current?.service.stop()
    }
  })
  return () => {
    if (!current) throw new Error('only within a test')
    return current
  }
}

/** Bob calls, alice accepts and logs in at the gateway. */
export async function answerCall({ service, netcall, payloads }: Fixture): Promise<void> {
  const before = payloads('syncDone').length
  service.callMe()
  await until(() => payloads('beCalling').length > 0, 'it rings')
  await netcall.response({ caller: 'bob', cid: CID, type: 2, accepted: true })
  await netcall.startRtc({ mode: 0 })
  await until(() => payloads('syncDone').length > before, 'syncDone')
}
