import type { Conditions } from '../conditions'
import type { Capture, CameraPosition } from '../media/capture'
import { Pusher, type PusherOptions } from '../media/pusher'
import { lookFilter } from '../media/retouch'
import { dom, element, type Values } from './element'

const PROPERTIES = {
  url: '',
  mode: 'RTC',
  autopush: false,
  muted: false,
  enableCamera: true,
  enableMic: true,
  autoFocus: true,
  orientation: 'vertical',
  beauty: 0,
  whiteness: 0,
  aspect: '9:16',
  minBitrate: 200,
  maxBitrate: 1000,
  videoWidth: 360,
  videoHeight: 640,
  fps: 15,
  audioQuality: 'high',
  audioReverbType: 0,
  audioVolumeType: 'auto',
  enableAgc: false,
  enableAns: false,
  enableEarMonitor: false,
  waitingImage: '',
  waitingImageHash: '',
  zoom: false,
  devicePosition: 'front',
  backgroundMute: false,
  mirror: false,
  remoteMirror: false,
  localMirror: 'auto',
  beautyStyle: 'smooth',
  filter: 'standard',
  pictureInPictureMode: null,
}
type PusherProperties = Values<typeof PROPERTIES>

const PRESETS: Record<string, [width: number, height: number]> = {
  SD: [360, 640],
  HD: [540, 960],
  FHD: [720, 1280],
}
/** Bits per pixel and frame for good quality of a talking head. */
const BITS = 0.11

/** The camera and encoder settings for the properties. */
function pusherOptions(properties: PusherProperties): Omit<PusherOptions, 'waitingImage'> {
  const { url, mode, enableCamera, enableMic, muted, devicePosition, aspect, videoWidth, videoHeight, fps } = properties
  const preset = PRESETS[mode] ?? [videoWidth, videoHeight]
  const [across = 9, down = 16] = aspect.split(':').map(Number)
  const portrait: [number, number] = aspect === '9:16' ? preset : [preset[0], (preset[0] * down) / across]
  const [width, height] = properties.orientation === 'horizontal' ? [portrait[1], portrait[0]] : portrait
  const rate = Math.min(30, Math.max(1, fps))
  const bitrate = Math.min(
    properties.maxBitrate,
    Math.max(properties.minBitrate, (width * height * rate * BITS) / 1000),
  )
  return {
    url,
    camera: enableCamera,
    microphone: enableMic && !muted,
    position: cameraPosition(devicePosition),
    look: {
      filter: lookFilter(properties.beauty, properties.whiteness),
      mirrored: properties.mirror || properties.remoteMirror,
    },
    backgroundMute: properties.backgroundMute,
    video: { width: even(width), height: even(height), fps: rate, bitrate: Math.round(bitrate * 1000) },
  }
}

const even = (length: number): number => Math.round(length / 2) * 2
const cameraPosition = (position: string): CameraPosition => (position === 'back' ? 'back' : 'front')

/** Events of the phone's pushers, for observers (tests, benchmarks). */
export interface LivePusher {
  readonly node: HTMLElement
  readonly pusher: Pusher
  readonly preview: HTMLVideoElement
}

export const livePusher = (capture: Capture, conditions: Conditions, pushers: Set<LivePusher>) =>
  element('live-pusher', PROPERTIES, (host) => {
    const preview = dom('video', { muted: true, playsInline: true, autoplay: true, className: 'phone-media' })
    host.node.prepend(preview)
    // device-position cannot be changed later; switchCamera does that.
    let position = cameraPosition(host.props().devicePosition)
    const waitingImage = (): Promise<ImageBitmap> | null => {
      const path = host.props().waitingImage
      return path === '' ? null : loadImage(host.asset(path))
    }
    const options = (): PusherOptions => ({ ...pusherOptions(host.props()), position, waitingImage })
    const dress = (): void => {
      const { localMirror, beauty, whiteness } = host.props()
      const mirrored = localMirror === 'enable' || (localMirror === 'auto' && position === 'front')
      preview.style.transform = mirrored ? 'scaleX(-1)' : ''
      preview.style.filter = lookFilter(beauty, whiteness)
    }
    const tell = (event: string, detail: object): void => {
      conditions.background.deliver(() => host.emit(event, detail))
    }
    const pusher = new Pusher(capture, conditions, options(), {
      state: (code, message) => tell('statechange', { code, message }),
      error: (code, message) => {
        tell('statechange', { code, message })
        tell('error', { errCode: code, errMsg: message })
      },
      forbidden: (errMsg) => tell('error', { errCode: -1, errMsg }),
      net: (info) => tell('netstatus', { info }),
      volume: (volume) => tell('audiovolumenotify', { volume }),
      preview(stream) {
        preview.srcObject = stream
        preview.hidden = stream === null
        if (stream) void preview.play().catch(() => undefined)
      },
    })
    preview.hidden = true
    const self: LivePusher = { node: host.node, pusher, preview }
    pushers.add(self)
    const start = async (): Promise<void> => {
      if (conditions.simulator.on) throw new Error('live-pusher does not run in the DevTools simulator')
      if (host.props().url === '') throw new Error('url is empty')
      await pusher.start()
    }
    let autopushed = ''
    return {
      update() {
        const { url, autopush } = host.props()
        pusher.configure(options())
        dress()
        if (!autopush || url === '' || url === autopushed || conditions.simulator.on) return
        autopushed = url
        pusher.stop()
        void pusher.start()
      },
      detach() {
        pusher.dispose()
        preview.srcObject = null
        pushers.delete(self)
      },
      context: {
        start,
        stop() {
          pusher.stop()
          autopushed = ''
        },
        pause: () => pusher.pause(),
        resume: () => pusher.resume(),
        switchCamera() {
          position = position === 'front' ? 'back' : 'front'
          pusher.configure(options())
          dress()
        },
        startPreview: () => pusher.startPreview(),
        stopPreview: () => pusher.stopPreview(),
        setMICVolume: ({ volume = 1 }: { volume?: number } = {}) => pusher.setMicrophoneVolume(volume),
        toggleTorch: () => undefined,
        snapshot: () => snapshot(preview),
      },
    }
  })

async function loadImage(url: string): Promise<ImageBitmap> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} cannot be loaded`)
  return createImageBitmap(await response.blob())
}

/** The current picture, for `snapshot`. */
export function snapshot(video: HTMLVideoElement): Promise<{ tempImagePath: string; width: number; height: number }> {
  const { videoWidth: width, videoHeight: height } = video
  if (width === 0) throw new Error('there is no picture')
  const canvas = dom('canvas', { width, height })
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve({ tempImagePath: URL.createObjectURL(blob), width, height })
      else reject(new Error('the picture cannot be encoded'))
    }, 'image/jpeg')
  })
}
