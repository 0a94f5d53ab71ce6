/**
 * Records and finishes the fixture four times over where the disk has little room. Arguments: the directory and the
 * subject as JSON. Writes what became of it as JSON.
 */
import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import type { MediaEvents, Publication } from '../../../server/media/types'
import { createRecording } from '../../../server/recording/recording'
import type { RecordingSubject } from '../../../server/recording/types'
import { Timeline } from '../../../server/timeline'
import { shifted, tagsOf } from './tags'

const [, , directory = '', text = ''] = process.argv
const subject: RecordingSubject = JSON.parse(text)
const media = new EventEmitter<MediaEvents>()
const recording = createRecording({
  media,
  directory,
  subjectOf: () => subject,
  logger: pino({ level: 'silent' }),
  timeline: new Timeline(),
})
const publication: Publication = { name: subject, protocol: 'rtmp', startedAt: Date.now() }
media.emit('publish', publication)

async function run(): Promise<void> {
  const talk = tagsOf('talk')
  let sent = 0
  for (const round of [0, 1, 2, 3]) {
    for (const tag of shifted(talk, round * 4200)) {
      media.emit('tag', publication, tag)
      sent++
    }
    // Long enough that each round is written for itself.
    await pause(300)
  }
  media.emit('unpublish', publication, 'closed')
  const { files, notes } = await recording.finish(subject.cid)
  await recording.release(subject.cid)
  await recording.close()
  process.stdout.write(JSON.stringify({ sent, files, notes }))
}
void run()
