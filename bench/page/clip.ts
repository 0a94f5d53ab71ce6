/** Runs in a phone of the preview: a clip of its synthetic camera and microphone, by the encoders of calls. */
import { AudioPipeline } from '../../preview/media/audio-encoder'
import { audioConfigTag, audioTag, flvHeader, videoConfigTag, videoTag } from '../../preview/media/flv'
import { syntheticCamera, syntheticMicrophone } from '../../preview/media/synthetic'
import { VideoPipeline } from '../../preview/media/video-encoder'

interface ClipSize {
  width: number
  height: number
  fps: number
  /** Bits per second. */
  bitrate: number
  /** ms */
  duration: number
}

/** The bytes of an FLV file. */
export async function recordClip({ duration, ...picture }: ClipSize): Promise<number[]> {
  const camera = syntheticCamera(
    { colour: '#2b8a57', initial: '9', stamp: false, mostFps: Infinity },
    picture.width,
    picture.height,
    picture.fps,
  )
  const microphone = syntheticMicrophone(440)
  const tags: Uint8Array[] = [flvHeader({ audio: true, video: true })]
  let failure: unknown = null
  const failed = (error: unknown): void => void (failure ??= error)
  const origin = performance.now()
  const video = new VideoPipeline(
    origin,
    picture,
    {
      config: (description) => void tags.push(videoConfigTag(0, description)),
      frame: (at, data, key) => void tags.push(videoTag(Math.round(at), data, key)),
      resized() {},
      failed,
    },
    () => false,
  )
  const audio = await AudioPipeline.open(origin, {
    config: (description) => void tags.push(audioConfigTag(0, description)),
    frame: (at, data) => void tags.push(audioTag(at, data)),
    level() {},
    failed,
  })
  video.source(camera)
  audio.source(microphone)
  await new Promise((resolve) => setTimeout(resolve, duration))
  camera.stop()
  microphone.stop()
  video.close()
  audio.close()
  if (failure !== null) throw failure
  return tags.flatMap((tag) => [...tag])
}
