/** What pusher and players are told of a call, or of my side of a room. Plain values, as their properties. */
import type { ActiveCall, CameraFacing, LocalMedia } from './state'

/** The pusher's, and how the players sound. */
export interface OwnMediaView {
  /** Empty until the gateway gives it. */
  pushUrl: string
  microphone: boolean
  camera: boolean
  facing: CameraFacing
  speaker: boolean
}
export interface MediaView extends OwnMediaView {
  /** Empty while the other side has no stream. */
  playUrl: string
  /** Whether the other side says that it has a picture. */
  peerCamera: boolean
}

export const NO_OWN_MEDIA: OwnMediaView = {
  pushUrl: '',
  microphone: true,
  camera: false,
  facing: 'front',
  speaker: false,
}
export const NO_MEDIA: MediaView = { ...NO_OWN_MEDIA, playUrl: '', peerCamera: false }

export function ownMediaView({ url, microphone, camera, facing, speaker }: LocalMedia): OwnMediaView {
  return { pushUrl: url ?? '', microphone, camera, facing, speaker }
}
export function mediaView({ kind, local, remote }: ActiveCall): MediaView {
  return { ...ownMediaView(local), playUrl: remote.url ?? '', peerCamera: kind === 'video' && remote.camera }
}
