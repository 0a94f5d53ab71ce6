import type { Channels } from './channels/channels'
import type { Media, StreamName } from './media/types'
import type { Timeline } from './timeline'

/** Adds stream events to the timeline, with the account of the stream. */
export function narrateMedia(media: Media, channels: Channels, timeline: Timeline): void {
  const about = ({ cid, uid }: StreamName): { cid: number; account?: string } => {
    const account = channels.get(cid)?.members.get(uid)?.account
    return account === undefined ? { cid } : { cid, account }
  }
  media.on('publish', ({ name, protocol }) =>
    timeline.add('media', 'publish', about(name), { uid: name.uid, protocol }),
  )
  media.on('unpublish', ({ name, protocol }, reason) =>
    timeline.add('media', 'unpublish', about(name), { uid: name.uid, protocol, reason }),
  )
  media.on('play', (name, protocol) => timeline.add('media', 'play', about(name), { uid: name.uid, protocol }))
  media.on('stop', (name, protocol, reason) =>
    timeline.add('media', 'stop', about(name), { uid: name.uid, protocol, reason }),
  )
  media.on('refused', (action, protocol, reason) => timeline.add('media', 'refused', {}, { action, protocol, reason }))
}
