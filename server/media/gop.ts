import type { MediaLimits } from './limits'
import type { Tag } from './tag'

/** All tags since the last key frame, so that a new viewer sees a picture at once. */
export class GopCache {
  private kept: Tag[] = []
  private bytes = 0

  constructor(private readonly limits: Pick<MediaLimits, 'gopBytes' | 'gopTags'>) {}

  get tags(): readonly Tag[] {
    return this.kept
  }

  add(tag: Tag): void {
    if (tag.kind === 'video-key') this.clear()
    else if (this.kept.length === 0) return
    this.kept.push(tag)
    this.bytes += tag.payload.length
    // Too old to show: new viewers wait for the next key frame.
    if (this.bytes > this.limits.gopBytes || this.kept.length > this.limits.gopTags) this.clear()
  }

  clear(): void {
    this.kept = []
    this.bytes = 0
  }
}
