/** Properties of pusher and players, for the templates. */
import type { ActiveCall, CameraFacing, LocalMedia } from './state'

/** Of the pusher, and the players' audio output. */
export interface OwnMediaView {
  /** Empty until the gateway has sent it. */
  pushUrl: string
  microphone: boolean
  camera: boolean
  facing: CameraFacing
  speaker: boolean
}
export interface MediaView extends OwnMediaView {
  /** Empty while the peer has no stream. */
  playUrl: string
  /** Whether the peer should send video, and audio: not in the background. */
  peerCamera: boolean
  peerMicrophone: boolean
}

export const NO_OWN_MEDIA: OwnMediaView = {
  pushUrl: '',
  microphone: true,
  camera: false,
  facing: 'front',
  speaker: false,
}
export const NO_MEDIA: MediaView = { ...NO_OWN_MEDIA, playUrl: '', peerCamera: false, peerMicrophone: true }

export function ownMediaView({ url, microphone, camera, facing, speaker }: LocalMedia): OwnMediaView {
  return { pushUrl: url ?? '', microphone, camera, facing, speaker }
}
export function mediaView({ kind, local, remote }: ActiveCall): MediaView {
  const { url, camera, microphone, away } = remote
  return {
    ...ownMediaView(local),
    playUrl: url ?? '',
    peerCamera: kind === 'video' && camera && !away,
    peerMicrophone: microphone && !away,
  }
}
