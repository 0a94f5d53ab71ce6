import { RECORD_TYPE, type RecordType } from '../netcall/constants'

export type PictureQuality = 'smooth' | 'standard' | 'high'
export type Beauty = 'off' | 'soft' | 'strong'
export type LanguageChoice = 'system' | 'zh' | 'en'

/** What the settings page holds; kept on the phone. */
export interface Settings {
  recordAudio: boolean
  recordVideo: boolean
  recordType: RecordType
  /** Live recording (flv). */
  rtmpRecord: boolean
  /** The large picture of the mixed recording. */
  hostSpeaker: boolean
  camera: 'front' | 'back'
  /** Whether a call begins with the microphone on. */
  microphone: boolean
  /** Whether a video call begins with the camera on. */
  cameraOn: boolean
  /** Whether I see my own picture as in a mirror; the others never do. */
  mirror: boolean
  /** How much the camera smooths my face. */
  beauty: Beauty
  quality: PictureQuality
  language: LanguageChoice
}

export const DEFAULT_SETTINGS: Settings = {
  recordAudio: false,
  recordVideo: false,
  recordType: RECORD_TYPE.RECORD_TYPE_MIX_SINGLE,
  rtmpRecord: false,
  hostSpeaker: false,
  camera: 'front',
  microphone: true,
  cameraOn: true,
  mirror: true,
  beauty: 'off',
  quality: 'standard',
  language: 'system',
}

const KEY = 'settings'
const CHOICES: { [K in keyof Settings]: (value: unknown) => value is Settings[K] } = {
  recordAudio: isBoolean,
  recordVideo: isBoolean,
  recordType: oneOf(
    RECORD_TYPE.RECORD_TYPE_MIX_SINGLE,
    RECORD_TYPE.RECORD_TYPE_ONLY_MIX,
    RECORD_TYPE.RECORD_TYPE_ONLY_SINGLE,
  ),
  rtmpRecord: isBoolean,
  hostSpeaker: isBoolean,
  camera: oneOf('front', 'back'),
  microphone: isBoolean,
  cameraOn: isBoolean,
  mirror: isBoolean,
  beauty: oneOf('off', 'soft', 'strong'),
  quality: oneOf('smooth', 'standard', 'high'),
  language: oneOf('system', 'zh', 'en'),
}

type SettingsListener = (settings: Readonly<Settings>) => void

/** The settings of this phone: read once, written at each change, told to whoever listens. */
export class SettingsStore {
  private current: Settings
  private readonly listeners = new Set<SettingsListener>()

  constructor() {
    this.current = sanitize(wx.getStorageSync<unknown>(KEY))
  }

  get(): Readonly<Settings> {
    return this.current
  }

  change(change: Partial<Settings>): void {
    this.current = sanitize({ ...this.current, ...change })
    wx.setStorageSync(KEY, this.current)
    for (const listener of this.listeners) listener(this.current)
  }

  subscribe(listener: SettingsListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** Keeps what is valid of a stored value; anything else falls back to its default. */
function sanitize(stored: unknown): Settings {
  const from = new Map(typeof stored === 'object' && stored !== null ? Object.entries(stored) : [])
  const take = <K extends keyof Settings>(key: K): Settings[K] => {
    const value: unknown = from.get(key)
    return CHOICES[key](value) ? value : DEFAULT_SETTINGS[key]
  }
  return {
    recordAudio: take('recordAudio'),
    recordVideo: take('recordVideo'),
    recordType: take('recordType'),
    rtmpRecord: take('rtmpRecord'),
    hostSpeaker: take('hostSpeaker'),
    camera: take('camera'),
    microphone: take('microphone'),
    cameraOn: take('cameraOn'),
    mirror: take('mirror'),
    beauty: take('beauty'),
    quality: take('quality'),
    language: take('language'),
  }
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}
function oneOf<const T extends string>(...choices: T[]): (value: unknown) => value is T {
  return (value): value is T => choices.some((choice) => choice === value)
}
