/** The stage shared by all parts: starting it takes longer than most of their tests. */
import { MediaStage } from '../support/media-stage'

export let stage: MediaStage

beforeAll(async () => {
  stage = await MediaStage.open()
})
afterEach(() => stage.clear())
afterAll(() => stage.close())
