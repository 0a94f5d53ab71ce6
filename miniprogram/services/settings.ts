import { member } from '../json'
import type { RecordingSettings } from '../call/recording-params'
import { RECORD_TYPE } from '../netcall/constants'
import { load, save } from './storage'

export type PictureQuality = 'smooth' | 'standard' | 'high'
export type Beauty = 'off' | 'soft' | 'strong'
type LanguageChoice = 'system' | 'zh' | 'en'

/** Settings of the settings page, stored on the phone. */
export interface Settings extends RecordingSettings {
  camera: 'front' | 'back'
  /** Whether calls begin with the microphone on. */
  microphone: boolean
  /** Whether video calls begin with the camera on. */
  cameraOn: boolean
  /** Whether the local preview is mirrored; the others' never is. */
  mirror: boolean
  /** Level of face smoothing. */
  beauty: Beauty
  quality: PictureQuality
  language: LanguageChoice
}

interface Setting<T> {
  initial: T
  isValid: (value: unknown) => value is T
}
const SCHEMA: { [K in keyof Settings]: Setting<Settings[K]> } = {
  recordAudio: flag(false),
  recordVideo: flag(false),
  recordType: choice(
    RECORD_TYPE.RECORD_TYPE_MIX_SINGLE,
    RECORD_TYPE.RECORD_TYPE_ONLY_MIX,
    RECORD_TYPE.RECORD_TYPE_ONLY_SINGLE,
  ),
  rtmpRecord: flag(false),
  hostSpeaker: flag(false),
  camera: choice('front', 'back'),
  microphone: flag(true),
  cameraOn: flag(true),
  mirror: flag(true),
  beauty: choice('off', 'soft', 'strong'),
  quality: choice('standard', 'smooth', 'high'),
  language: choice('system', 'zh', 'en'),
}
const KEY = 'settings'

export const DEFAULT_SETTINGS: Readonly<Settings> = sanitize({})

type SettingsListener = (settings: Readonly<Settings>) => void

/** The settings of this phone: read once, written and emitted on each change. */
export class SettingsStore {
  private current: Settings
  private readonly listeners = new Set<SettingsListener>()

  constructor() {
    this.current = sanitize(load(KEY, isOurs))
  }

  get(): Readonly<Settings> {
    return this.current
  }

  change(change: Partial<Settings>): void {
    this.current = sanitize({ ...this.current, ...change })
    save(KEY, this.current)
    for (const listener of this.listeners) listener(this.current)
  }

  subscribe(listener: SettingsListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** Whether a value without the prefix comes from these settings, not from the app's. */
function isOurs(old: unknown): boolean {
  return typeof member(old, 'recordAudio') === 'boolean' && typeof member(old, 'recordType') === 'string'
}

/** Keeps valid stored values; others get their default. */
function sanitize(stored: unknown): Settings {
  const from = new Map(typeof stored === 'object' && stored !== null ? Object.entries(stored) : [])
  const entries = Object.entries<Setting<unknown>>(SCHEMA).map(([key, { initial, isValid }]) => {
    const value: unknown = from.get(key)
    return [key, isValid(value) ? value : initial]
  })
  const settings: object = Object.fromEntries(entries)
  if (!isSettings(settings)) throw new TypeError('settings: a default is invalid')
  return settings
}
function isSettings(settings: object): settings is Settings {
  return Object.entries<Setting<unknown>>(SCHEMA).every(([key, { isValid }]) => isValid(member(settings, key)))
}

function flag(initial: boolean): Setting<boolean> {
  return { initial, isValid: (value): value is boolean => typeof value === 'boolean' }
}
/** The first choice is the default. */
function choice<const T extends string>(initial: T, ...others: T[]): Setting<T> {
  return { initial, isValid: (value): value is T => [initial, ...others].some((one) => one === value) }
}
