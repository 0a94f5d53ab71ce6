import { playHttp, publishRtmp, syntheticStream } from '../../support/media-client'
import type { Engine } from './engine'

const NAME = { cid: 1, uid: 1 }

/** A running stream that nothing done to the engine may disturb. */
interface Bystander {
  /** Continues and checks that everything arrives. */
  check(): Promise<void>
}

export async function startBystander(engine: Engine): Promise<Bystander> {
  const player = await playHttp(engine.play(NAME, 'http'))
  const publisher = await publishRtmp(engine.push(NAME))
  const tags = syntheticStream({ padding: 500 })
  let sent = 0
  const check = async () => {
    for (let count = 0; count < 40; count++) {
      const next = tags.next()
      if (!next.done) publisher.sendTag(next.value)
      sent++
    }
    await player.tags.collect(sent)
    expect(player.tags.closedBecause).toBeNull()
    expect(publisher.tags.closedBecause).toBeNull()
  }
  await check()
  return { check }
}
