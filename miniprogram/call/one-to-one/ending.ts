import type { CallDirection, EndReason } from '../state'

/** The action offered after a call: open settings, call again, keep calling, or none. */
export type EndWay = 'settings' | 'redial' | 'keep-calling' | 'none'

export function wayAfter({ reason, direction }: { reason: EndReason; direction: CallDirection }): EndWay {
  switch (reason) {
    case 'microphone-refused':
      return 'settings'
    case 'peer-offline':
      return 'keep-calling'
    case 'connection-lost':
    case 'peer-lost':
    case 'call-gone':
      return 'redial'
    case 'no-answer':
    case 'peer-busy':
    case 'service-unreachable':
    case 'too-often':
    case 'service-stopped':
    case 'failed':
      return direction === 'outgoing' ? 'redial' : 'none'
    default:
      return 'none'
  }
}
