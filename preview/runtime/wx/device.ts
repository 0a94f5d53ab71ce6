/** Clipboard, vibration, screen and files. */
import type { Phone } from '../phone'
import { api } from './api'
import { save } from './save'

export function deviceApi(phone: Phone) {
  const { dialogs, query } = phone
  let copied = ''
  const vibrate = (duration: number): void => {
    phone.vibrations++
    phone.shake(duration)
  }
  return {
    setClipboardData: api('setClipboardData', async ({ data }: { data: string }) => {
      copied = data
      // The browser may refuse; the phone's own clipboard has the text anyway.
      await navigator.clipboard?.writeText(data).catch(() => undefined)
      dialogs.showToast({ title: query.language === 'zh_CN' ? '内容已复制' : 'Copied', icon: 'none' })
    }),
    getClipboardData: api('getClipboardData', () => ({ data: copied })),
    vibrateShort: api('vibrateShort', () => vibrate(15)),
    vibrateLong: api('vibrateLong', () => vibrate(400)),
    /** There is no scanner: the user pastes the code's content. */
    scanCode: api('scanCode', async () => {
      const { content } = await dialogs.askForCode()
      if (!content) throw new Error('cancel')
      return { result: content, scanType: 'QR_CODE', charSet: 'UTF-8', rawData: '', path: '' }
    }),
    setKeepScreenOn: api('setKeepScreenOn', ({ keepScreenOn }: { keepScreenOn: boolean }) => {
      phone.screenKeptOn = keepScreenOn
    }),
    setScreenBrightness: api('setScreenBrightness', () => undefined),
    hideKeyboard: api('hideKeyboard', () => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    }),
    makePhoneCall: api('makePhoneCall', () => undefined),
    previewImage: api('previewImage', ({ urls }: { urls: string[] }) => void window.open(urls[0])),
    /** There is no chat: the file is downloaded. */
    shareFileMessage: api('shareFileMessage', ({ filePath, fileName }: { filePath: string; fileName?: string }) =>
      save(filePath, fileName ?? 'file'),
    ),
    setVisualEffectOnCapture: api('setVisualEffectOnCapture', () => undefined),
    getLogManager: () => console,
    getRealtimeLogManager: () => console,
    reportEvent: () => undefined,
  }
}
