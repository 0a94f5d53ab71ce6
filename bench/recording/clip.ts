import { execFileSync } from 'node:child_process'
import { findFfmpeg } from '../../server/recording/compose/ffmpeg'

/** Video of a call: 360p portrait, 15 frames a second with a key frame each, about 300 kbit/s; and AAC. */
const PICTURE = 'testsrc2=size=360x640:rate=15'
const CODECS =
  '-c:v libx264 -preset veryfast -b:v 300k -maxrate 300k -bufsize 300k -g 15 -bf 0 -pix_fmt yuv420p -c:a aac -ac 1'

/** Real H.264 and AAC of that many seconds as an FLV file; null without ffmpeg. */
export async function callClip(seconds: number): Promise<Buffer | null> {
  const ffmpeg = await findFfmpeg(null)
  if (ffmpeg === null) return null
  const sources = ['-f', 'lavfi', '-i', `${PICTURE}:duration=${seconds}`]
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`]
  const output = ['-f', 'flv', '-flvflags', 'no_duration_filesize', 'pipe:1']
  const args = ['-hide_banner', '-nostdin', '-loglevel', 'error', ...sources, ...sound, ...CODECS.split(' '), ...output]
  return execFileSync(ffmpeg, args, { maxBuffer: 1 << 29 })
}
