/** `wx` for pages and components in tests: every function a jest mock, new for each test. */
import { clone } from './clone'

/** Contexts of media components created in the test, newest last. */
export interface FakeMediaContext {
  /** Its component's id; null for the pusher, of which a page has one. */
  id: string | null
  calls: string[]
}

const PHONE = { language: 'zh_CN', platform: 'ios' }
const phone = { ...PHONE }
const contexts: FakeMediaContext[] = []
const storage = new Map<string, unknown>()

export function livePushers(): FakeMediaContext[] {
  return contexts.filter(({ id }) => id === null)
}
export function livePlayers(): FakeMediaContext[] {
  return contexts.filter(({ id }) => id !== null)
}

/** Puts values into the phone's storage before anything reads it. */
export function store(key: string, value: unknown): void {
  storage.set(key, clone(value))
}

/** Changes the phone of a test; by default it is a Chinese iPhone. */
export function changePhone(change: Partial<typeof PHONE>): void {
  Object.assign(phone, change)
}

/** The app comes to the foreground. */
export function showApp(): void {
  for (const [listener] of jest.mocked(wx.onAppShow).mock.calls) {
    listener({
      path: '',
      query: {},
      scene: 1001,
      referrerInfo: { appId: '', extraData: {} },
      apiCategory: 'default',
      forwardMaterials: [],
      hostExtraData: { host_scene: '' },
    })
  }
}

export function resetWx(): void {
  storage.clear()
  contexts.length = 0
  Object.assign(phone, PHONE)
  Object.assign(wx, {
    getStorageSync: jest.fn((key: string) => clone(storage.get(key)) ?? ''),
    setStorageSync: jest.fn((key: string, value: unknown) => store(key, value)),
    removeStorageSync: jest.fn((key: string) => storage.delete(key)),
    getAppBaseInfo: jest.fn(() => ({
      SDKVersion: '3.8.0',
      version: '8.0.50',
      theme: 'light',
      language: phone.language,
    })),
    getDeviceInfo: jest.fn(() => ({ brand: 'test', model: 'test', system: 'iOS 17', platform: phone.platform })),
    getWindowInfo: jest.fn(() => ({
      windowWidth: 375,
      windowHeight: 720,
      screenWidth: 375,
      screenHeight: 720,
      statusBarHeight: 20,
      pixelRatio: 2,
      screenTop: 0,
      safeArea: { left: 0, right: 375, top: 20, bottom: 720, width: 375, height: 700 },
    })),
    getMenuButtonBoundingClientRect: jest.fn(() => ({
      top: 24,
      bottom: 56,
      left: 278,
      right: 365,
      width: 87,
      height: 32,
    })),
    getAppAuthorizeSetting: jest.fn(() => ({ cameraAuthorized: 'authorized', microphoneAuthorized: 'authorized' })),
    getPrivacySetting: jest.fn(({ success }) => success({ needAuthorization: false, privacyContractName: '' })),
    canIUse: jest.fn(() => true),
    createLivePusherContext: jest.fn(() => mediaContext(null)),
    createLivePlayerContext: jest.fn((id: string) => mediaContext(id)),
    createInnerAudioContext: jest.fn(() => fakeAudio()),
    ...Object.fromEntries(SILENT.map((name) => [name, jest.fn()])),
    ...Object.fromEntries(ASYNCHRONOUS.map((name) => [name, jest.fn(succeed)])),
  })
}

const SILENT = [
  'onAppShow',
  'offAppShow',
  'onAppHide',
  'onNetworkStatusChange',
  'offNetworkStatusChange',
  'onAudioInterruptionBegin',
  'onAudioInterruptionEnd',
  'offAudioInterruptionEnd',
  'setKeepScreenOn',
  'vibrateShort',
  'vibrateLong',
  'stopPullDownRefresh',
  'nextTick',
  'hideToast',
  'onNeedPrivacyAuthorization',
] as const
const ASYNCHRONOUS = [
  'setNavigationBarTitle',
  'pageScrollTo',
  'openAppAuthorizeSetting',
  'setTabBarItem',
  'showToast',
  'showModal',
  'showActionSheet',
  'setClipboardData',
  'setInnerAudioOption',
  'openSetting',
  'authorize',
  'saveVideoToPhotosAlbum',
  'shareFileMessage',
  'requirePrivacyAuthorize',
  'openPrivacyContract',
  'navigateTo',
  'navigateBack',
  'redirectTo',
  'switchTab',
  'reLaunch',
  'previewMedia',
  'scanCode',
] as const

async function succeed(
  options: { success?: (result: object) => void; complete?: (result: object) => void } = {},
): Promise<object> {
  const result = { errMsg: 'ok' }
  options.success?.(result)
  options.complete?.(result)
  return result
}

/** As in WeChat, all contexts of a component control the same thing. */
function mediaContext(id: string | null): object {
  const known = contexts.find((context) => context.id === id)
  const context: FakeMediaContext = known ?? { id, calls: [] }
  if (!known) contexts.push(context)
  const method = (name: string) => (options?: { success?: () => void }) => {
    context.calls.push(name)
    options?.success?.()
  }
  const names = ['start', 'stop', 'pause', 'resume', 'play', 'switchCamera', 'mute']
  return Object.fromEntries(names.map((name) => [name, method(name)]))
}

function fakeAudio(): object {
  const names = ['play', 'pause', 'stop', 'seek', 'destroy']
  const events = ['Play', 'Pause', 'Stop', 'Ended', 'TimeUpdate', 'Error', 'Canplay', 'Waiting']
  return {
    src: '',
    currentTime: 0,
    duration: 0,
    paused: true,
    ...Object.fromEntries(names.map((name) => [name, jest.fn()])),
    ...Object.fromEntries(
      events.flatMap((event) => [
        [`on${event}`, jest.fn()],
        [`off${event}`, jest.fn()],
      ]),
    ),
  }
}
