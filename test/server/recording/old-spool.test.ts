/** Spools of services before version 2: timestamps are the relay's, without arrival times. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { encodeMark, segmentName, SPOOL_HEADER, spoolTag } from '../../../server/recording/spool/format'
import { readMedia } from './read-media'
import { CID, Stage, START, subject, UID } from './support'
import { framesOf, tagsOf, videoOf } from './tags'

const talk = tagsOf('talk')
const TALK = 4.13
const FRAME = 0.07

let stage: Stage
beforeEach(() => (stage = new Stage()))
afterEach(async () => await stage.dispose())

test('are remuxed as before: as long as the stream, with all pictures', async () => {
  const path = stage.path(`spool/${UID}/${segmentName(START, 2)}`)
  mkdirSync(dirname(path), { recursive: true })
  const first = 50_000
  const header = { ...subject(), clock: 1, anchor: { wall: START, timestamp: first } }
  const tags = talk.flatMap(({ type, timestamp, payload }) =>
    type === 18 ? [] : [spoolTag(type, first + timestamp, payload)],
  )
  const marks = [
    encodeMark({ mark: 'header', header }, first),
    encodeMark({ mark: 'end', timestamp: first + 4100 }, first),
  ]
  writeFileSync(path, Buffer.concat([SPOOL_HEADER, marks[0] ?? SPOOL_HEADER, ...tags, marks[1] ?? SPOOL_HEADER]))
  const { files, notes } = await stage.finish()
  expect(notes).toEqual([])
  expect(files.map(({ kind }) => kind)).toEqual(['aac', 'mp4'])
  for (const { duration } of files) expect(Math.abs(duration / 1000 - TALK)).toBeLessThan(FRAME)
  const film = await readMedia(stage.path(`0-${CID}-${START}-${UID}.mp4`))
  expect(film.video?.times).toHaveLength(framesOf(videoOf(talk)).length)
})
