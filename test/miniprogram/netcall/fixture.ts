import { openSockets, wakingListeners } from '../../support/wx-socket'
import { until } from '../../support/until'
import { watchTimers } from '../../support/timers'
import { FAST, phone, type Phone } from './phone'
import type { Timing } from '../../../miniprogram/netcall/local/timing'
import { CID, ScriptedService } from './scripted-service'

export interface Fixture extends Phone {
  service: ScriptedService
}

/** Shorter than the phones' own limits: a timer that is left shall not run out unseen, ms. */
const SOON = 5_000

/** A scripted service, and alice signed in at it, for each test of the file; nothing of them may be left after it. */
export function useFixture(timing: Partial<Timing> = {}): () => Fixture {
  let current: Fixture | null = null
  const timers = watchTimers('miniprogram/netcall')
  beforeEach(async () => {
    const service = new ScriptedService()
    await service.start()
    current = { service, ...phone(service.host, 'alice', { ...FAST, ...timing }) }
    await current.im.connect()
  })
  afterEach(async () => {
    current?.im.disconnect()
    try {
      await until(() => openSockets() === 0, 'all sockets are closed', SOON)
      await until(() => timers.count === 0, 'all timers are stopped', SOON)
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

/** Bob calls, alice accepts and is let in by the gateway. */
export async function answerCall({ service, netcall, payloads }: Fixture): Promise<void> {
  const before = payloads('syncDone').length
  service.callMe()
  await until(() => payloads('beCalling').length > 0, 'it rings')
  await netcall.response({ caller: 'bob', cid: CID, type: 2, accepted: true })
  await netcall.startRtc({ mode: 0 })
  await until(() => payloads('syncDone').length > before, 'syncDone')
}
