/** Downloading a recorded file: progress, target, and denials. */
import { deferred } from '../../support/deferred'
import { send } from '../../support/nodes'
import { DONE, NOW, openedRecords } from '../../support/records-page'
import { settle, type FakeApp, type Mounted } from '../../support/simulate'

const SOUND = 0
const PICTURE = 1
const LIVE = 3
const WITH_LIVE = {
  ...DONE,
  files: [
    ...DONE.files,
    ...DONE.files.slice(0, 1).map((file) => ({ ...file, kind: 'flv', filename: 'a.flv' }) as const),
  ],
}
/** WeChat's limit, bytes. */
const LIMIT = 200 * 1024 * 1024

interface FakeDownload {
  url: string
  aborted: boolean
  progress(percent: number): void
  success(statusCode?: number): Promise<void>
  fail(): Promise<void>
}
let downloads: FakeDownload[]

beforeEach(() => {
  jest.useFakeTimers({ now: NOW })
  jest.spyOn(console, 'warn').mockImplementation(() => {})
  downloads = []
  Object.assign(wx, { downloadFile: jest.fn(fakeDownload), showModal: jest.fn() })
})
afterEach(() => {
  jest.useRealTimers()
  jest.restoreAllMocks()
})

function fakeDownload({ url, success, fail }: WechatMiniprogram.DownloadFileOption): object {
  let listener: ((update: { progress: number }) => void) | undefined
  const download: FakeDownload = {
    url,
    aborted: false,
    progress: (progress) => listener?.({ progress }),
    success: async (statusCode = 200) => {
      success?.({ statusCode, tempFilePath: 'wxfile://tmp', filePath: '', profile: Object(null), errMsg: '' })
      await settle()
    },
    fail: async () => {
      fail?.({ errMsg: 'downloadFile:fail' })
      await settle()
    },
  }
  downloads.push(download)
  return {
    onProgressUpdate: (given: typeof listener) => (listener = given),
    offProgressUpdate: () => (listener = undefined),
    abort() {
      download.aborted = true
      fail?.({ errMsg: 'downloadFile:fail abort' })
    },
  }
}
function refuse(name: 'authorize' | 'saveVideoToPhotosAlbum' | 'shareFileMessage', reason: string): void {
  Object.assign(wx, { [name]: jest.fn(({ fail }) => fail({ errMsg: `${name}:fail ${reason}` })) })
}
/** The answer to the next question. */
function answer(confirm: boolean): void {
  Object.assign(wx, { showModal: jest.fn(({ success }) => success({ confirm })) })
}
async function tap(page: Mounted, index: number, selector = '.download'): Promise<void> {
  await send(page.all('.file')[index]?.querySelector(selector), 'tap')
  await settle()
}
/** An opened call with one file being downloaded. */
async function asked(index: number): Promise<{ app: FakeApp; page: Mounted }> {
  const opened = await openedRecords(WITH_LIVE)
  await tap(opened.page, index)
  return opened
}
function said(): unknown {
  return jest.mocked(wx.showToast).mock.lastCall?.[0]?.title
}

test('saves a video to the album, with its progress', async () => {
  const { page } = await asked(PICTURE)
  expect(wx.authorize).toHaveBeenCalledWith(expect.objectContaining({ scope: 'scope.writePhotosAlbum' }))
  expect(downloads).toMatchObject([{ url: DONE.files[PICTURE]?.url }])
  expect(page.text('.details')).toContain('0%')
  downloads[0]?.progress(45)
  await settle()
  expect(page.text('.details')).toContain('45%')
  await downloads[0]?.success()
  expect(wx.saveVideoToPhotosAlbum).toHaveBeenCalledWith(expect.objectContaining({ filePath: 'wxfile://tmp' }))
  expect(said()).toBe('Saved to the photo album')
  expect(page.text('.details')).not.toContain('45%')
})

test.each([
  [SOUND, 'alice.aac'],
  [LIVE, 'a.flv'],
])('sends file %d to a chat after one more tap', async (index, fileName) => {
  answer(true)
  await asked(index)
  expect(wx.authorize).not.toHaveBeenCalled()
  await downloads[0]?.success()
  expect(wx.showModal).toHaveBeenCalledWith(expect.objectContaining({ title: 'Downloaded', confirmText: 'Send' }))
  expect(wx.shareFileMessage).toHaveBeenCalledWith(expect.objectContaining({ filePath: 'wxfile://tmp', fileName }))
})
test('sends nothing if that tap is refused', async () => {
  answer(false)
  await asked(SOUND)
  await downloads[0]?.success()
  expect(wx.shareFileMessage).not.toHaveBeenCalled()
})

test('offers only videos and links where files cannot be sent to chats', async () => {
  Object.assign(wx, { canIUse: (name: string) => name !== 'shareFileMessage' })
  const { page } = await openedRecords(WITH_LIVE)
  const having = (selector: string): number[] =>
    page.all('.file').flatMap((file, index) => (file.querySelector(selector) ? [index] : []))
  expect(having('.download')).toEqual([PICTURE])
  expect(having('.copy')).toEqual([0, 1, 2, 3])
  expect(having('.play')).toEqual([0, 1, 2])
})

test.each([
  ['auth deny', 'not allowed to save', 'Settings', 'openSetting'],
  ['api scope is not declared in the privacy agreement', 'does not name the photo album', 'OK', null],
] as const)(
  'an album that is refused (%s) is said before anything is fetched',
  async (reason, sentence, button, opens) => {
    refuse('authorize', reason)
    answer(true)
    const { page } = await asked(PICTURE)
    expect(downloads).toEqual([])
    expect(wx.showModal).toHaveBeenCalledWith(
      expect.objectContaining({ content: expect.stringContaining(sentence), confirmText: button }),
    )
    expect(jest.mocked(wx.openSetting).mock.calls.length).toBe(opens === 'openSetting' ? 1 : 0)
    expect(page.data['fetching']).toBe('')
  },
)
test("leads to the phone's settings if it denies WeChat the album", async () => {
  Object.assign(wx, { getAppAuthorizeSetting: () => ({ albumAuthorized: 'denied' }) })
  answer(true)
  await asked(PICTURE)
  expect(wx.openAppAuthorizeSetting).toHaveBeenCalledTimes(1)
  expect(downloads).toEqual([])
})
test('handles a permission that the phone denies while saving', async () => {
  refuse('saveVideoToPhotosAlbum', 'system permission denied')
  answer(true)
  await asked(PICTURE)
  await downloads[0]?.success()
  expect(wx.openAppAuthorizeSetting).toHaveBeenCalledTimes(1)
})

test.each([
  ['saveVideoToPhotosAlbum', PICTURE, 'invalid file', 'Not saved. Copy the link instead'],
  ['shareFileMessage', SOUND, 'not supported', 'Not sent. Copy the link instead'],
  ['saveVideoToPhotosAlbum', PICTURE, 'cancel', undefined],
  ['shareFileMessage', SOUND, 'cancel', undefined],
] as const)('%s of file %d fails with %j: %j', async (name, index, reason, sentence) => {
  refuse(name, reason)
  answer(true)
  await asked(index)
  await downloads[0]?.success()
  expect(said()).toBe(sentence)
})

test('reports a failed download, and requests a new URL', async () => {
  const { app, page } = await asked(PICTURE)
  await downloads[0]?.success(403)
  expect(said()).toBe('Not downloaded. Please try again')
  expect(wx.saveVideoToPhotosAlbum).not.toHaveBeenCalled()
  expect(app.session.records.list).toHaveBeenCalledTimes(2)
  await tap(page, PICTURE)
  await downloads[1]?.fail()
  expect(app.session.records.list).toHaveBeenCalledTimes(3)
})

test("does not start a file above WeChat's limit", async () => {
  const files = DONE.files.map((file) => ({ ...file, size: LIMIT + 1 }))
  const { page } = await openedRecords({ ...DONE, files })
  await tap(page, PICTURE)
  expect(downloads).toEqual([])
  expect(said()).toContain('200 MB')
})

test('runs one at a time; the same button stops it', async () => {
  const { page } = await asked(PICTURE)
  await tap(page, SOUND)
  expect(said()).toBe('One download at a time')
  expect(downloads).toHaveLength(1)
  await tap(page, PICTURE)
  expect(downloads[0]?.aborted).toBe(true)
  expect(page.data['fetching']).toBe('')
  expect(said()).toBe('One download at a time')
  await tap(page, SOUND)
  expect(downloads).toHaveLength(2)
  expect(page.data['fetching']).toBe('7/alice.aac')
})

test.each(['onHide', 'onUnload'] as const)('%s stops it', async (lifecycle) => {
  const { page } = await asked(PICTURE)
  await page.run(lifecycle)
  expect(downloads[0]?.aborted).toBe(true)
  expect(page.data['fetching']).toBe('')
  expect(wx.showToast).not.toHaveBeenCalled()
})
test('downloads nothing if the page is left while asking for the album', async () => {
  const allowed = deferred<void>()
  Object.assign(wx, { authorize: ({ success }: { success: () => void }) => void allowed.promise.then(success) })
  const { page } = await asked(PICTURE)
  await page.run('onHide')
  allowed.resolve()
  await settle()
  expect(downloads).toEqual([])
})
