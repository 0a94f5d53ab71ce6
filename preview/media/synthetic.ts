/** A camera and a microphone that need no hardware: a moving picture in a colour of its own, and a tone. */
import { drawStamp } from './stamp'

export interface SyntheticOptions {
  /** A CSS colour. */
  colour: string
  /** Hz */
  tone: number
}

/** A track of the size and rate given: the colour, a ball that moves, and the time stamp at the top. */
export function syntheticCamera(colour: string, width: number, height: number, fps: number): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const picture = canvas.getContext('2d', { alpha: false })
  if (!picture) throw new Error('this browser has no 2D canvas')
  const [track] = canvas.captureStream(0).getVideoTracks()
  if (!track) throw new Error('this browser cannot capture a canvas')
  let count = 0
  const draw = (): void => {
    picture.fillStyle = colour
    picture.fillRect(0, 0, width, height)
    picture.fillStyle = `color-mix(in srgb, ${colour}, white 35%)`
    picture.beginPath()
    const turn = count / (2 * fps)
    picture.arc(
      width * (0.5 + 0.3 * Math.cos(turn)),
      height * (0.5 + 0.2 * Math.sin(2 * turn)),
      width / 9,
      0,
      2 * Math.PI,
    )
    picture.fill()
    drawStamp(picture, width, height, Date.now())
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
