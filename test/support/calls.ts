/** Call states for tests: a call of alice with bob, and the test's changes. */
import type { LocalMedia, OneToOneState, RemoteMedia } from '../../miniprogram/call/state'

type Of<P extends OneToOneState['phase']> = Extract<OneToOneState, { phase: P }>

const NOT_RECORDED = { audio: false, video: false }

export function localMedia(change: Partial<LocalMedia> = {}): LocalMedia {
  return {
    url: 'rtmp://service/live/alice',
    mode: 0,
    microphone: true,
    camera: true,
    facing: 'front',
    speaker: true,
    away: false,
    network: null,
    recording: NOT_RECORDED,
    ...change,
  }
}
export function remoteMedia(change: Partial<RemoteMedia> = {}): RemoteMedia {
  return {
    uid: 2,
    url: 'http://service/live/bob.flv',
    mode: 0,
    microphone: true,
    camera: true,
    away: false,
    network: null,
    recording: NOT_RECORDED,
    ...change,
  }
}

const facts = { type: 'one-to-one', kind: 'video', direction: 'outgoing', peer: 'bob' } as const
const media = (): Omit<Of<'talking'>, 'phase'> => ({
  ...facts,
  cid: 7,
  startedAt: Date.now(),
  local: localMedia(),
  remote: remoteMedia(),
  videoRequest: 'none',
  answeredAt: Date.now(),
})

export function outgoing(change: Partial<Of<'outgoing'>> = {}): OneToOneState {
  return { ...facts, phase: 'outgoing', cid: 7, startedAt: Date.now(), local: localMedia({ url: null }), ...change }
}
export function incoming(change: Partial<Of<'incoming'>> = {}): OneToOneState {
  return {
    ...facts,
    phase: 'incoming',
    direction: 'incoming',
    cid: 7,
    startedAt: Date.now(),
    local: localMedia({ url: null }),
    peerRecords: false,
    ...change,
  }
}
export function connecting(change: Partial<Of<'connecting'>> = {}): OneToOneState {
  const { local, remote, ...rest } = media()
  return {
    ...rest,
    phase: 'connecting',
    local: { ...local, url: null },
    remote: { ...remote, url: null },
    ...change,
  }
}
export function talking(change: Partial<Of<'talking'>> = {}): OneToOneState {
  return { ...media(), phase: 'talking', ...change }
}
export function reconnecting(change: Partial<Of<'reconnecting'>> = {}): OneToOneState {
  return { ...media(), phase: 'reconnecting', attempt: 1, ...change }
}
export function ended(change: Partial<Of<'ended'>> = {}): OneToOneState {
  return { ...facts, phase: 'ended', reason: 'hung-up', cid: 7, startedAt: Date.now(), duration: 0, ...change }
}
