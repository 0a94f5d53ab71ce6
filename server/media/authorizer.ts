import type { MediaLogger } from './logger'
import type { UrlSigner } from './signed-url'
import { parseStreamName } from './stream-name'
import type { Place } from './streams'
import type { MediaAction, MediaOptions, MediaProtocol, StreamName } from './types'

export type Admission = { admitted: true; place: Place } | { admitted: false; reason: string }

/** Authorizes publishing and playing: first the URL's signature, then the service's own check. Used by all protocols. */
export class Authorizer {
  constructor(
    private readonly signer: UrlSigner,
    private readonly authorize: MediaOptions['authorize'],
    private readonly isFull: (name: StreamName) => boolean,
    private readonly onRefused: (action: MediaAction, protocol: MediaProtocol, reason: string) => void,
    private readonly logger: MediaLogger,
  ) {}

  /** `stream`: as in the URL, `<cid>-<uid>`. */
  admit(action: MediaAction, protocol: MediaProtocol, stream: string, query: URLSearchParams): Admission {
    const name = parseStreamName(stream)
    const place = name ? this.placeOf(action, name, query) : 'the stream is not named <cid>-<uid>'
    if (typeof place !== 'string') return { admitted: true, place }
    this.onRefused(action, protocol, place)
    return { admitted: false, reason: place }
  }

  /** The stream and subject of the URL, or the reason for refusing it. */
  private placeOf(action: MediaAction, name: StreamName, query: URLSearchParams): Place | string {
    const signed = this.signer.check(action, name, query)
    if ('problem' in signed) return signed.problem
    const place = { name, subject: signed.subject }
    return this.problem(action, place) ?? place
  }

  private problem(action: MediaAction, { name, subject }: Place): string | null {
    if (action === 'play' && this.isFull(name)) return 'too many viewers play this stream already'
    try {
      return this.authorize(action, name, subject)
    } catch (error) {
      this.logger.error({ err: error, action, ...name }, 'media: authorization failed')
      return 'the service could not check the request'
    }
  }
}
