/** The panel's list of recorded files. */
import type { ApiFile } from '../../miniprogram/netcall/http-api'
import { ResultsPanel } from '../../preview/shell/results'
import { textsOf } from '../../preview/shell/texts'

const file = (change: Partial<ApiFile>): ApiFile => ({
  cid: 1,
  uid: 2,
  account: 'bob',
  kind: 'mp4',
  filename: '0-1-5-2.mp4',
  size: 120_000,
  duration: 7_000,
  md5: '0',
  mix: false,
  url: '/files/x',
  ...change,
})
/** The service's answers, by the end of their path. */
async function panelOf(recordings: ApiFile[]): Promise<ResultsPanel> {
  const answers: Record<string, object> = {
    tokens: { token: 't' },
    recordings: { recordings },
    callbacks: { callbacks: [] },
  }
  const fetched = (url: string): Promise<object> => {
    const answer = answers[url.split('/').at(-1) ?? '']
    return Promise.resolve({ ok: true, json: () => Promise.resolve(answer) })
  }
  Object.assign(globalThis, { fetch: fetched })
  const panel = new ResultsPanel(
    () => textsOf('en'),
    () => ['alice'],
  )
  await panel.refresh()
  return panel
}

test("a mixed file has no owner, a participant's file has one", async () => {
  const panel = await panelOf([file({}), file({ mix: true, filename: '0-1-5-0-mix.mp4' })])
  expect([...panel.node.querySelectorAll('li small')].map(({ textContent }) => textContent)).toEqual([
    'bob · 7.0 s · 120 KB',
    'everybody · 7.0 s · 120 KB',
  ])
})

test('a live recording can be downloaded, but not played by browsers', async () => {
  const panel = await panelOf([
    file({ kind: 'flv', filename: '0-1-5-2.flv' }),
    file({ kind: 'aac', filename: 'b.aac' }),
  ])
  const rows = [...panel.node.querySelectorAll('li[data-kind]')]
  expect(rows.map((row) => [row.querySelector('a') !== null, row.querySelector('.play') !== null])).toEqual([
    [true, false],
    [true, true],
  ])
})
