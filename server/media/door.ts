import type { MediaLogger } from './logger'
import type { UrlSigner } from './signed-url'
import { parseStreamName } from './stream-name'
import type { MediaAction, MediaOptions, MediaProtocol, StreamName } from './types'

export type Admission = { admitted: true; name: StreamName } | { admitted: false; reason: string }

/** Decides who may publish or play: first the URL's signature, then the service. The same for every protocol. */
export class Door {
  constructor(
    private readonly signer: UrlSigner,
    private readonly authorize: MediaOptions['authorize'],
    private readonly isFull: (name: StreamName) => boolean,
    private readonly onRefused: (action: MediaAction, protocol: MediaProtocol, reason: string) => void,
    private readonly logger: MediaLogger,
  ) {}

  /** `stream` as the URL spells it, `<cid>-<uid>`. */
  admit(action: MediaAction, protocol: MediaProtocol, stream: string, query: URLSearchParams): Admission {
    const name = parseStreamName(stream)
    const reason = name ? this.problem(action, name, query) : 'the stream is not named <cid>-<uid>'
    if (name && reason === null) return { admitted: true, name }
    const refusal = reason ?? 'refused'
    this.onRefused(action, protocol, refusal)
    return { admitted: false, reason: refusal }
  }

  private problem(action: MediaAction, name: StreamName, query: URLSearchParams): string | null {
    const problem = this.signer.problem(action, name, query)
    if (problem !== null) return problem
    if (action === 'play' && this.isFull(name)) return 'too many viewers play this stream already'
    try {
      return this.authorize(action, name)
    } catch (error) {
      this.logger.error({ err: error, action, ...name }, 'media: authorize failed, refusing')
      return 'the service could not check the request'
    }
  }
}
