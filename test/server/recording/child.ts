/**
 * Records the fixture as it is played, over and over, until it is killed. Arguments: the directory and the subject as
 * JSON. Writes the time stamp of each tag that it has given to the recording.
 */
import { EventEmitter } from 'node:events'
import { pino } from 'pino'
import type { MediaEvents, Publication } from '../../../server/media/types'
import { createRecording } from '../../../server/recording/recording'
import { Timeline } from '../../../server/timeline'
import { shifted, tagsOf } from './tags'

const [, , directory = '', subject = ''] = process.argv
const media = new EventEmitter<MediaEvents>()
createRecording({
  media,
  directory,
  subjectOf: () => JSON.parse(subject),
  logger: pino({ level: 'silent' }),
  timeline: new Timeline(),
})
const publication: Publication = { name: { cid: 1, uid: 1 }, protocol: 'rtmp', startedAt: Date.now() }
media.emit('publish', publication)

const talk = tagsOf('talk')
const tags = [0, 1, 2, 3].flatMap((round) => shifted(talk, round * 4200))
const startedAt = performance.now()
let next = 0
setInterval(() => {
  for (let tag = tags[next]; tag && tag.timestamp <= performance.now() - startedAt; tag = tags[++next]) {
    media.emit('tag', publication, tag)
    process.stdout.write(`${tag.timestamp}\n`)
  }
}, 10)
