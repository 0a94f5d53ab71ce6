/** @jest-environment node */
import { wayAfter, type EndWay } from '../../../../miniprogram/call/one-to-one/ending'
import type { CallDirection, EndReason } from '../../../../miniprogram/call/state'

const OFFERS: Record<EndReason, Record<CallDirection, EndWay>> = {
  'hung-up': { outgoing: 'none', incoming: 'none' },
  'peer-hung-up': { outgoing: 'none', incoming: 'none' },
  'peer-lost': { outgoing: 'redial', incoming: 'redial' },
  cancelled: { outgoing: 'none', incoming: 'none' },
  'peer-cancelled': { outgoing: 'none', incoming: 'none' },
  rejected: { outgoing: 'none', incoming: 'none' },
  'peer-rejected': { outgoing: 'none', incoming: 'none' },
  'peer-busy': { outgoing: 'redial', incoming: 'none' },
  'no-answer': { outgoing: 'redial', incoming: 'none' },
  missed: { outgoing: 'none', incoming: 'none' },
  'peer-offline': { outgoing: 'keep-calling', incoming: 'keep-calling' },
  'answered-elsewhere': { outgoing: 'none', incoming: 'none' },
  'rejected-elsewhere': { outgoing: 'none', incoming: 'none' },
  kicked: { outgoing: 'none', incoming: 'none' },
  refused: { outgoing: 'none', incoming: 'none' },
  'room-closed': { outgoing: 'none', incoming: 'none' },
  'connection-lost': { outgoing: 'redial', incoming: 'redial' },
  'call-gone': { outgoing: 'redial', incoming: 'redial' },
  'service-unreachable': { outgoing: 'redial', incoming: 'none' },
  'too-often': { outgoing: 'redial', incoming: 'none' },
  'service-stopped': { outgoing: 'redial', incoming: 'none' },
  'microphone-refused': { outgoing: 'settings', incoming: 'settings' },
  'no-page': { outgoing: 'none', incoming: 'none' },
  failed: { outgoing: 'redial', incoming: 'none' },
}

test('the end offers a useful action, and none after a hangup', () => {
  const offered = Object.fromEntries(
    Object.keys(OFFERS)
      .filter((key): key is EndReason => key in OFFERS)
      .map((reason) => [
        reason,
        {
          outgoing: wayAfter({ reason, direction: 'outgoing' }),
          incoming: wayAfter({ reason, direction: 'incoming' }),
        },
      ]),
  )
  expect(offered).toEqual(OFFERS)
})
