/** @jest-environment node */
/** `MINIPROGRAM=<folder> npm start`: the phones run somebody else's mini-program. */
import { startPreview } from '../e2e/support/preview'
import { FIXTURE } from './support/fixture'

test('the phones run what is in the folder', async () => {
  const preview = await startPreview({ MINIPROGRAM: FIXTURE })
  try {
    // Where Vite serves what its plugin makes of the sources.
    const program = await fetch(`${preview.url}/@id/__x00__virtual:miniprogram`)
    expect(await program.text()).toContain('pages/first/first')
  } finally {
    await preview.close()
  }
})

test('a folder that holds none is said', async () => {
  await expect(startPreview({ MINIPROGRAM: __dirname })).rejects.toThrow(
    /MINIPROGRAM: there is no app\.json in .*preview/,
  )
})
