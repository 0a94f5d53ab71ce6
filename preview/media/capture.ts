/** Opens the phone's camera and microphone. */
import type { Device as Permitted, Permissions } from '../conditions/permissions'
import type { Privacy } from '../conditions/privacy'
import { syntheticCamera, syntheticMicrophone, type SyntheticOptions } from './synthetic'

export interface PictureSize {
  width: number
  height: number
  fps: number
}
export type CameraPosition = 'front' | 'back'
type Device = Exclude<Permitted, 'album'>

export class DeviceRefused extends Error {
  override readonly name = 'DeviceRefused'
}

/** A phone's capture devices: real ones, or synthetic ones if requested or if there are none. */
interface CaptureOptions extends SyntheticOptions {
  synthetic: boolean
  permissions: Permissions
  privacy: Privacy
  /** Called when a synthetic device replaces a missing one. */
  onStandIn(device: Device): void
}

const REFERRER = 'live-pusher'

export class Capture {
  private readonly tracks = new Map<MediaStreamTrack, Device>()

  constructor(private readonly options: CaptureOptions) {}

  /** The open devices. */
  get inUse(): Device[] {
    for (const track of this.tracks.keys()) if (track.readyState === 'ended') this.tracks.delete(track)
    return [...this.tracks.values()].toSorted()
  }

  /** Rejects with `DeviceRefused`, or `PrivacyRefused`. */
  async camera(position: CameraPosition, { width, height, fps }: PictureSize): Promise<MediaStreamTrack> {
    const { synthetic, ...picture } = this.options
    await this.admit('camera')
    const colour = position === 'front' ? picture.colour : `hsl(from ${picture.colour} h s calc(l - 15))`
    const standIn = () => syntheticCamera({ ...picture, colour }, width, height, fps)
    if (synthetic) return this.keep('camera', standIn())
    const video = {
      width: { ideal: width },
      height: { ideal: height },
      aspectRatio: { ideal: width / height },
      frameRate: { ideal: fps },
      facingMode: { ideal: position === 'front' ? 'user' : 'environment' },
      resizeMode: 'crop-and-scale',
    }
    return this.open('camera', { video }, standIn)
  }

  /** Rejects with `DeviceRefused`, or `PrivacyRefused`. */
  async microphone(): Promise<MediaStreamTrack> {
    const { synthetic, tone } = this.options
    await this.admit('microphone')
    const standIn = () => syntheticMicrophone(tone)
    if (synthetic) return this.keep('microphone', standIn())
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
    return this.open('microphone', { audio }, standIn)
  }

  private async admit(device: Device): Promise<void> {
    const { privacy, permissions } = this.options
    await privacy.require(REFERRER)
    if (permissions.ask(device) !== 'granted') throw new DeviceRefused(device)
  }

  private keep(device: Device, track: MediaStreamTrack): MediaStreamTrack {
    this.tracks.set(track, device)
    return track
  }

  private async open(
    device: Device,
    constraints: MediaStreamConstraints,
    standIn: () => MediaStreamTrack,
  ): Promise<MediaStreamTrack> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraints)
      const [track] = stream.getTracks()
      if (track) return this.keep(device, track)
    } catch (error) {
      const name = error instanceof DOMException ? error.name : ''
      if (name === 'NotAllowedError' || name === 'SecurityError') throw new DeviceRefused(device, { cause: error })
      if (name !== 'NotFoundError' && name !== 'NotReadableError' && name !== 'OverconstrainedError') throw error
    }
    this.options.onStandIn(device)
    return this.keep(device, standIn())
  }
}
