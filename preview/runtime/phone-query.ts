/** The phone's configuration in its URL: `phone.html?account=alice&lang=en&theme=dark&source=synthetic…` */
import type { Device, Permission } from '../conditions/permissions'

export type Theme = 'light' | 'dark'
export type Language = 'zh_CN' | 'en'

export interface PhoneQuery {
  account: string
  theme: Theme
  /** Whether the screen has a notch and a home indicator. */
  notch: boolean
  language: Language
  /** Synthetic camera and microphone: a picture in this colour, a tone of this pitch. */
  synthetic: boolean
  colour: string
  tone: number
  /** Whether the synthetic picture shows the time, for measuring latency. */
  stamp: boolean
  /** Maximum frame rate of the synthetic camera: `fps=5` for many phones on a small machine. */
  fps: number
  /** Permissions: `refuse=camera,microphone` denies the mini-program, `refuse-by-system=…` WeChat. */
  permissions: Readonly<Record<Device, Permission>>
  /** Whether the privacy guideline has to be accepted: `privacy=needed`. */
  privacyNeeded: boolean
  /** `network=none` starts without a network. */
  network: boolean
  /** Whether it is the DevTools simulator: `simulator`. */
  simulator: boolean
  /** Start page, with its query. */
  page: string | null
}

const COLOURS = ['#2f6fde', '#c2571a', '#2b8a57', '#8a3fc7', '#b8326b', '#1f8a9e']

export function readPhoneQuery(search: string, systemLanguage = navigator.language): PhoneQuery {
  const query = new URLSearchParams(search)
  const account = query.get('account') ?? 'alice'
  const number = Array.from(account, (letter) => letter.codePointAt(0) ?? 0).reduce(
    (sum, code) => (sum * 31 + code) % 9973,
    7,
  )
  const tone = Number(query.get('tone'))
  const fps = Number(query.get('fps'))
  const language = query.get('lang') ?? systemLanguage
  const listed = (name: string, device: Device): boolean => (query.get(name) ?? '').split(',').includes(device)
  const permission = (device: Device): Permission => {
    if (listed('refuse-by-system', device)) return 'refused-by-system'
    return listed('refuse', device) ? 'refused' : 'granted'
  }
  return {
    account,
    theme: query.get('theme') === 'dark' ? 'dark' : 'light',
    notch: query.has('notch'),
    language: language.toLowerCase().startsWith('zh') ? 'zh_CN' : 'en',
    synthetic: query.get('source') === 'synthetic' || query.has('camera') || query.has('tone'),
    colour: query.get('camera') ?? COLOURS[number % COLOURS.length] ?? '#2f6fde',
    tone: tone > 0 ? tone : 300 + (number % 12) * 50,
    stamp: query.has('stamp'),
    fps: fps >= 1 ? fps : Infinity,
    permissions: { camera: permission('camera'), microphone: permission('microphone'), album: permission('album') },
    privacyNeeded: query.get('privacy') === 'needed',
    network: query.get('network') !== 'none',
    simulator: query.has('simulator'),
    page: query.get('page'),
  }
}
