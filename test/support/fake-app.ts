/** The app for pages: real settings, language and history; a call and a session with states set by the test. */
import type { AppContext } from '../../miniprogram/app-context'
import type { MissedCall } from '../../miniprogram/call/effects'
import type { CallState } from '../../miniprogram/call/state'
import type { ProviderName } from '../../miniprogram/netcall/config'
import type { Contact } from '../../miniprogram/netcall/protocol'
import { History } from '../../miniprogram/services/history'
import { Language } from '../../miniprogram/services/language'
import { MediaOwner } from '../../miniprogram/services/media-owner'
import { CallPages } from '../../miniprogram/services/navigation'
import type { CallRecord } from '../../miniprogram/services/records'
import type { SessionState, SignInProblem } from '../../miniprogram/services/session'
import { SettingsStore, type Settings } from '../../miniprogram/services/settings'

/** Their members used by pages. */
type Entry = Pick<AppContext['entry'], 'place' | 'accept' | 'callGroup' | 'joinRoom'>
type Call = Pick<
  AppContext['call'],
  | 'state'
  | 'subscribe'
  | 'onMissed'
  | 'callUser'
  | 'callGroup'
  | 'join'
  | 'accept'
  | 'reject'
  | 'hangUp'
  | 'invite'
  | 'toggleMicrophone'
  | 'toggleCamera'
  | 'flipCamera'
  | 'toggleSpeaker'
  | 'microphoneRefused'
  | 'cameraFailed'
  | 'noteNetwork'
  | 'noteSpeech'
  | 'askForVideo'
  | 'answerVideo'
  | 'switchToAudio'
  | 'dismiss'
>
type Session = Pick<
  AppContext['session'],
  | 'state'
  | 'subscribe'
  | 'remembered'
  | 'problemWith'
  | 'signIn'
  | 'signOut'
  | 'contacts'
  | 'onContacts'
  | 'refreshContacts'
>
type Records = Pick<AppContext['session']['records'], 'list' | 'resend' | 'remove'>
/** Functions as mocks; values unchanged. */
type Mocks<T> = { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? jest.Mock<R, A> : T[K] }

export interface FakeApp {
  settings: SettingsStore
  language: Language
  history: History
  mediaOwner: MediaOwner
  pages: CallPages
  entry: Mocks<Entry>
  call: Mocks<Call> & { become(state: CallState): void; miss(missed: MissedCall): void }
  session: Mocks<Session> & {
    records: Mocks<Records>
    become(state: SessionState): void
    meet(contacts: Contact[]): void
  }
}
export interface FakeAppOptions {
  call?: CallState
  session?: SessionState
  contacts?: Contact[]
  records?: CallRecord[]
  remembered?: Partial<ReturnType<Session['remembered']>>
  /** The problem with NetEase's service. */
  yunxinProblem?: SignInProblem
  settings?: Partial<Settings>
}

/** An app in the given states; signed in as alice by default. */
export function fakeApp(options: FakeAppOptions = {}): FakeApp {
  const settings = new SettingsStore()
  settings.change(options.settings ?? {})
  const call = fakeCall(options)
  const session = fakeSession(options)
  return {
    settings,
    language: new Language(settings),
    history: new History(call, session),
    mediaOwner: new MediaOwner(),
    pages: new CallPages(call, () => {}),
    entry: fakeEntry(),
    call,
    session,
  }
}

function fakeEntry(): FakeApp['entry'] {
  return {
    place: jest.fn<Promise<void>, Parameters<Entry['place']>>(async () => {}),
    accept: jest.fn(async () => {}),
    callGroup: jest.fn<Promise<void>, Parameters<Entry['callGroup']>>(async () => {}),
    joinRoom: jest.fn<Promise<void>, Parameters<Entry['joinRoom']>>(async () => {}),
  }
}

function fakeCall({ call: first = { phase: 'idle' } }: FakeAppOptions): FakeApp['call'] {
  let state = first
  const listeners = new Set<(state: CallState, previous: CallState) => void>()
  const missedListeners = new Set<(missed: MissedCall) => void>()
  return {
    get state() {
      return state
    },
    subscribe: jest.fn((listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }),
    onMissed: jest.fn((listener) => {
      missedListeners.add(listener)
      return () => void missedListeners.delete(listener)
    }),
    miss(missed) {
      for (const listener of missedListeners) listener(missed)
    },
    become(next) {
      const previous = state
      state = next
      for (const listener of listeners) listener(next, previous)
    },
    callUser: jest.fn(),
    callGroup: jest.fn(),
    join: jest.fn(),
    accept: jest.fn(),
    reject: jest.fn(),
    hangUp: jest.fn(),
    invite: jest.fn(),
    toggleMicrophone: jest.fn(),
    toggleCamera: jest.fn(),
    flipCamera: jest.fn(),
    toggleSpeaker: jest.fn(),
    microphoneRefused: jest.fn(),
    cameraFailed: jest.fn(),
    noteNetwork: jest.fn(),
    noteSpeech: jest.fn(),
    askForVideo: jest.fn(),
    answerVideo: jest.fn(),
    switchToAudio: jest.fn(),
    dismiss: jest.fn(),
  }
}

function fakeSession(options: FakeAppOptions): FakeApp['session'] {
  let state = options.session ?? SIGNED_IN
  let contacts = options.contacts ?? []
  const stateListeners = new Set<(state: SessionState) => void>()
  const contactsListeners = new Set<(contacts: readonly Contact[]) => void>()
  return {
    get state() {
      return state
    },
    get contacts() {
      return contacts
    },
    subscribe: jest.fn((listener) => {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    }),
    onContacts: jest.fn((listener) => {
      contactsListeners.add(listener)
      return () => contactsListeners.delete(listener)
    }),
    remembered: jest.fn(() => ({ ...NOTHING_REMEMBERED, ...options.remembered })),
    problemWith: jest.fn<Promise<SignInProblem | null>, [ProviderName]>(async (provider) =>
      provider === 'yunxin' ? (options.yunxinProblem ?? null) : null,
    ),
    signIn: jest.fn<Promise<void>, Parameters<Session['signIn']>>(async () => {}),
    signOut: jest.fn(),
    refreshContacts: jest.fn(async () => {}),
    records: {
      list: jest.fn(async () => options.records ?? []),
      resend: jest.fn<Promise<void>, [number]>(async () => {}),
      remove: jest.fn<Promise<void>, [number]>(async () => {}),
    },
    become(next) {
      state = next
      for (const listener of stateListeners) listener(next)
    },
    meet(next) {
      contacts = next
      for (const listener of contactsListeners) listener(next)
    },
  }
}

const NOTHING_REMEMBERED: ReturnType<Session['remembered']> = {
  provider: 'local',
  account: '',
  service: '',
  accounts: [],
  appKey: '',
  token: '',
}
const SIGNED_IN: SessionState = { phase: 'signed-in', account: 'alice', service: 'http://127.0.0.1:8360', online: true }
