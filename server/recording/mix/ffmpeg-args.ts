/**
 * Orders for ffmpeg, in words that its builds from 2018 on understand. What it makes goes to its standard output: it
 * stops by itself when the service that reads there is gone, and waits while the service does not read.
 */
import { fitInto } from './layout'
import { FRAME_RATE, type Picture, type Scene, type Voice } from './plan'

export const SAMPLE_RATE = 48_000
/** The encoder begins with so many samples of its own; as many of the sound are left out, so that the rest is in time. */
const ENCODER_DELAY = 1024
const MONO = `aresample=${SAMPLE_RATE},aformat=sample_fmts=fltp:sample_rates=${SAMPLE_RATE}:channel_layouts=mono`
const FILLED = 'aresample=async=1000:first_pts=0,'
const SILENCE = `anullsrc=r=${SAMPLE_RATE}:cl=mono,aformat=sample_fmts=fltp:sample_rates=${SAMPLE_RATE}:channel_layouts=mono`
const QUIET = words('-hide_banner -nostdin -nostats -loglevel error -progress pipe:2')
/** Calls that go on need the other cores. */
const ONE_THREAD = words('-filter_complex_threads 1 -threads 1')
const REPEATABLE = words('-map_metadata -1 -fflags +bitexact -flags +bitexact')

/** Draws a scene as H.264 in a fragmented mp4. `background`: a picture file of the canvas' size, with the name cards. */
export function sceneArgs(scene: Scene, background: string): string[] {
  const inputs = [...words(`-framerate ${FRAME_RATE} -f image2 -pattern_type none -i`), background]
  const filters = [`[0:v]format=yuv420p,loop=loop=-1:size=1:start=0,setpts=N,setsar=1[canvas0]`]
  let layer = 0
  for (const { picture, place } of scene.tiles) {
    if (!picture) continue
    const input = ++layer
    inputs.push(...pictureInput(picture))
    const { x, y, width, height } = fitInto(place, picture)
    filters.push(
      `[${input}:v]${stretched(picture)}fps=${FRAME_RATE}:start_time=0,scale=${width}:${height}:flags=bilinear,format=yuv420p,setsar=1[tile${input}]`,
      `[canvas${input - 1}][tile${input}]overlay=x=${x}:y=${y}:eval=init:eof_action=repeat[canvas${input}]`,
    )
  }
  return [
    ...QUIET,
    ...inputs,
    '-filter_complex',
    filters.join(';'),
    '-map',
    `[canvas${layer}]`,
    ...ONE_THREAD,
    ...words(`-frames:v ${scene.frames} -r ${FRAME_RATE} -pix_fmt yuv420p`),
    ...words(`-c:v libx264 -preset veryfast -crf 26 -bf 0 -g ${FRAME_RATE * 2}`),
    ...REPEATABLE,
    ...words('-f mp4 -movflags frag_keyframe+empty_moov+default_base_moof pipe:1'),
  ]
}

/** The same of silence that ffmpeg makes itself. `length`: ms. */
export function silenceArgs(length: number): string[] {
  return [
    ...QUIET,
    ...words(`-f lavfi -t ${seconds(length)} -i anullsrc=r=8000:cl=mono -ar 1000 -c:a pcm_u8 -f u8 pipe:1`),
  ]
}

/** All frames of a file's picture, for nothing: what cannot be decoded is complained of. */
export function pictureCheckArgs(path: string): string[] {
  return [...QUIET, '-threads', '1', ...input(path), ...words('-map 0:v -f null pipe:1')]
}

/** The first frame that a tile's picture gives, undone: nothing where it cannot be decoded. */
export function frameArgs(picture: Picture): string[] {
  return [...QUIET, ...pictureInput(picture), ...ONE_THREAD, ...words('-an -frames:v 1 -f rawvideo pipe:1')]
}

/** A byte for each thousandth of a second of sound that can be decoded. */
export function soundCheckArgs(path: string): string[] {
  return [...QUIET, ...input(path), ...ONE_THREAD, ...words('-map 0:a -ac 1 -ar 1000 -c:a pcm_u8 -f u8 pipe:1')]
}

/** The key frame before the moment; what lies between is decoded, so that the picture before it is shown at first. */
function pictureInput({ at, path }: Picture): string[] {
  return [...words(`-seek_timestamp 1 -noaccurate_seek -ss ${seconds(at)} -threads 1`), ...input(path)]
}

/** Mixes the voices as AAC in ADTS. `length`: ms; `gaps`: files with frames that cannot be decoded, for which silence is put in. */
export function soundArgs(voices: readonly Voice[], length: number, gaps: ReadonlySet<string> = new Set()): string[] {
  const inputs: string[][] = []
  const filters: string[] = []
  for (const [number, voice] of voices.entries()) {
    for (const [part, { path, length: partLength, speed }] of voice.entries()) {
      // Cut or filled up to its length: what follows is in time to the sample.
      const cut = `atrim=end_sample=${samples(partLength)},asetpts=N/SR/TB[part${number}_${part}]`
      filters.push(
        path === null
          ? `${SILENCE},${cut}`
          : `[${inputs.length}:a]${gaps.has(path) ? FILLED : ''}${MONO},${resampled(speed)}apad,${cut}`,
      )
      if (path !== null) inputs.push(input(path))
    }
    const labels = voice.map((_, part) => `[part${number}_${part}]`).join('')
    // Endless: the mixer gives each voice the same weight as long as all go on.
    filters.push(`${labels}concat=n=${voice.length}:v=0:a=1,apad[voice${number}]`)
  }
  const all = voices.map((_, number) => `[voice${number}]`).join('')
  const mixed = voices.length > 1 ? `amix=inputs=${voices.length},volume=${voices.length},` : ''
  const trim = `atrim=start_sample=${ENCODER_DELAY}:end_sample=${samples(length)},asetpts=N/SR/TB`
  filters.push(`${all}${mixed}alimiter=limit=0.95:level=0,${trim}[sound]`)
  return [
    ...QUIET,
    ...inputs.flat(),
    '-filter_complex',
    filters.join(';'),
    '-map',
    '[sound]',
    ...ONE_THREAD,
    ...words(`-c:a aac -b:a 96k -ar ${SAMPLE_RATE} -ac 1`),
    ...REPEATABLE,
    ...words('-f adts pipe:1'),
  ]
}

/** A member's file. The format is given, not probed from bytes that the member chose; other protocols are not allowed. */
function input(path: string): string[] {
  return ['-protocol_whitelist', 'file,pipe', '-f', path.endsWith('.aac') ? 'aac' : 'mp4', '-i', path]
}

/** Plays a file as fast as its publisher's clock says that it was recorded. */
const resampled = (speed: number): string =>
  speed === 1 ? '' : `asetpts=PTS/${speed.toFixed(9)},aresample=${SAMPLE_RATE}:async=1000,`
const stretched = ({ speed }: Picture): string => (speed === 1 ? '' : `setpts=PTS/${speed.toFixed(9)},`)

const seconds = (ms: number): string => (ms / 1000).toFixed(3)
function words(text: string): string[] {
  return text.split(' ')
}
const samples = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000)
