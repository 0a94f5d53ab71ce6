/** Opens the phone's camera and microphone. */
import { syntheticCamera, syntheticMicrophone, type SyntheticOptions } from './synthetic'

export interface PictureSize {
  width: number
  height: number
  fps: number
}
export type CameraPosition = 'front' | 'back'

export class DeviceRefused extends Error {
  override readonly name = 'DeviceRefused'
}
export class DeviceMissing extends Error {
  override readonly name = 'DeviceMissing'
}

/** A phone's capture devices: real ones, or synthetic where asked for or where there is none. */
export interface CaptureOptions extends SyntheticOptions {
  synthetic: boolean
  /** Which devices the phone's user refuses, for trying that out. */
  refused: ReadonlySet<'camera' | 'microphone'>
  /** Told when a synthetic device stands in for a missing one. */
  onStandIn(device: 'camera' | 'microphone'): void
}

export class Capture {
  constructor(private readonly options: CaptureOptions) {}

  /** Rejects with `DeviceRefused` or `DeviceMissing`. */
  async camera(position: CameraPosition, { width, height, fps }: PictureSize): Promise<MediaStreamTrack> {
    const { synthetic, refused, ...picture } = this.options
    if (refused.has('camera')) throw new DeviceRefused('camera')
    const colour = position === 'front' ? picture.colour : `hsl(from ${picture.colour} h s calc(l - 15))`
    const standIn = () => syntheticCamera({ ...picture, colour }, width, height, fps)
    if (synthetic) return standIn()
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

  /** Rejects with `DeviceRefused` or `DeviceMissing`. */
  async microphone(): Promise<MediaStreamTrack> {
    const { synthetic, tone, refused } = this.options
    if (refused.has('microphone')) throw new DeviceRefused('microphone')
    const standIn = () => syntheticMicrophone(tone)
    if (synthetic) return standIn()
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
    return this.open('microphone', { audio }, standIn)
  }

  private async open(
    device: 'camera' | 'microphone',
    constraints: MediaStreamConstraints,
    standIn: () => MediaStreamTrack,
  ): Promise<MediaStreamTrack> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraints)
      const [track] = stream.getTracks()
      if (track) return track
    } catch (error) {
      const name = error instanceof DOMException ? error.name : ''
      if (name === 'NotAllowedError' || name === 'SecurityError') throw new DeviceRefused(device, { cause: error })
      if (name !== 'NotFoundError' && name !== 'NotReadableError' && name !== 'OverconstrainedError') throw error
    }
    this.options.onStandIn(device)
    return standIn()
  }
}
