/** A synthetic camera and microphone: a moving picture in a given colour, and a tone. */
import { drawStamp } from './stamp'

interface SyntheticPicture {
  /** A CSS colour. */
  colour: string
  /** Shown on the ball. */
  initial: string
  /** Whether the time is drawn into the picture, for measuring latency. */
  stamp: boolean
  /** Maximum frame rate. */
  mostFps: number
}
export interface SyntheticOptions extends SyntheticPicture {
  /** Hz */
  tone: number
}

/** A track of the given size and rate: the colour, lighter towards the top, and a moving ball. */
export function syntheticCamera(
  { colour, initial, stamp, mostFps }: SyntheticPicture,
  width: number,
  height: number,
  wantedFps: number,
): MediaStreamTrack {
  const fps = Math.min(wantedFps, mostFps)
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const picture = canvas.getContext('2d', { alpha: false })
  if (!picture) throw new Error('this browser has no 2D canvas')
  const [track] = canvas.captureStream(0).getVideoTracks()
  if (!track) throw new Error('this browser cannot capture a canvas')
  const background = picture.createLinearGradient(0, 0, 0, height * 0.75)
  background.addColorStop(0, `color-mix(in srgb, ${colour}, white 22%)`)
  background.addColorStop(1, colour)
  const radius = width / 7
  picture.textAlign = 'center'
  picture.textBaseline = 'middle'
  picture.font = `600 ${Math.round(radius)}px sans-serif`
  let count = 0
  const draw = (): void => {
    picture.fillStyle = background
    picture.fillRect(0, 0, width, height)
    const turn = count / (2 * fps)
    const x = width * (0.5 + 0.25 * Math.cos(turn))
    const y = height * (0.46 + 0.12 * Math.sin(2 * turn))
    picture.fillStyle = `color-mix(in srgb, ${colour}, white 60%)`
    picture.beginPath()
    picture.arc(x, y, radius, 0, 2 * Math.PI)
    picture.fill()
    picture.fillStyle = `color-mix(in srgb, ${colour}, black 35%)`
    picture.fillText(initial, x, y)
    if (stamp) drawStamp(picture, width, height, Date.now())
    count++
    if ('requestFrame' in track && typeof track.requestFrame === 'function') track.requestFrame()
  }
  draw()
  return whileAlive(track, setInterval(draw, 1000 / fps))
}

/** A quiet steady tone. */
export function syntheticMicrophone(frequency: number): MediaStreamTrack {
  const context = new AudioContext({ sampleRate: 48_000 })
  const oscillator = new OscillatorNode(context, { frequency })
  const volume = new GainNode(context, { gain: 0.25 })
  const output = context.createMediaStreamDestination()
  oscillator.connect(volume).connect(output)
  oscillator.start()
  void context.resume()
  const [track] = output.stream.getAudioTracks()
  if (!track) throw new Error('this browser cannot capture sound')
  const stop = track.stop.bind(track)
  track.stop = () => {
    stop()
    if (context.state !== 'closed') void context.close()
  }
  return track
}

function whileAlive(track: MediaStreamTrack, timer: ReturnType<typeof setInterval>): MediaStreamTrack {
  const stop = track.stop.bind(track)
  track.stop = () => {
    clearInterval(timer)
    stop()
  }
  return track
}
