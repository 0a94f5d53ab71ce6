/** The view of a recorded file. Pure. */
import { clock } from '../../services/clock'
import type { RecordedFile } from '../../services/recorded-files'
import { fill, type Texts } from '../../texts/index'
import { fileSize } from './format'

type Words = Texts<'records'>

export interface FileView {
  /** Constant, while the signed URL changes. */
  id: string
  url: string
  kind: RecordedFile['kind']
  filename: string
  icon: 'people' | 'sound' | 'video'
  /** “My audio” */
  name: string
  /** `00:07` */
  length: string
  /** ms */
  duration: number
  /** Bytes. */
  size: number
  /** “00:07 · .aac · 120 KB” */
  detail: string
  /** WeChat cannot play flv files. */
  plays: boolean
  /** Whether it can be downloaded: mp4 to the album, others to a chat. */
  downloads: boolean
}

/** @param call its id @param me the signed-in account @param shares whether files can be sent to chats */
export function fileView(call: string, file: RecordedFile, me: string, shares: boolean, words: Words): FileView {
  const { kind, filename, mix, url, duration, size } = file
  const length = clock(duration)
  return {
    id: `${call}/${filename}`,
    url,
    kind,
    filename,
    icon: mix ? 'people' : kind === 'aac' ? 'sound' : 'video',
    name: nameOf(file, me, words),
    length,
    duration,
    size,
    detail: `${length} · .${kind} · ${fileSize(size)}`,
    plays: kind !== 'flv',
    downloads: kind === 'mp4' || shares,
  }
}

function nameOf(file: RecordedFile, me: string, words: Words): string {
  const name = whose(file, me, words)
  return file.part === 0 ? name : `${name} · ${fill(words.part, { number: file.part })}`
}
function whose({ account, kind, mix }: RecordedFile, me: string, words: Words): string {
  if (mix) return kind === 'aac' ? words.mixedSound : words.mixedPicture
  const what = { aac: words.sound, mp4: words.picture, flv: words.stream }[kind]
  return account === me ? fill(words.mine, { what }) : fill(words.whose, { name: account, what })
}
