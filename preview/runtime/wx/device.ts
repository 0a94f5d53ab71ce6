/** Clipboard, vibration, screen and files. */
import type { Phone } from '../phone'
import { api } from './api'

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
      // a browser may refuse; the phone's own clipboard holds it all the same
      await navigator.clipboard?.writeText(data).catch(() => undefined)
      dialogs.showToast({ title: query.language === 'zh_CN' ? '内容已复制' : 'Copied', icon: 'none' })
    }),
    getClipboardData: api('getClipboardData', () => ({ data: copied })),
    vibrateShort: api('vibrateShort', () => vibrate(15)),
    vibrateLong: api('vibrateLong', () => vibrate(400)),
    setKeepScreenOn: api('setKeepScreenOn', ({ keepScreenOn }: { keepScreenOn: boolean }) => {
      phone.screenKeptOn = keepScreenOn
    }),
    setScreenBrightness: api('setScreenBrightness', () => undefined),
    hideKeyboard: api('hideKeyboard', () => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    }),
    makePhoneCall: api('makePhoneCall', () => undefined),
    previewImage: api('previewImage', ({ urls }: { urls: string[] }) => void window.open(urls[0])),
    saveVideoToPhotosAlbum: api('saveVideoToPhotosAlbum', ({ filePath }: { filePath: string }) =>
      save(filePath, 'video.mp4'),
    ),
    saveImageToPhotosAlbum: api('saveImageToPhotosAlbum', ({ filePath }: { filePath: string }) =>
      save(filePath, 'image.jpg'),
    ),
    setVisualEffectOnCapture: api('setVisualEffectOnCapture', () => undefined),
    getLogManager: () => console,
    getRealtimeLogManager: () => console,
    reportEvent: () => undefined,
  }
}

function save(url: string, download: string): void {
  Object.assign(document.createElement('a'), { href: url, download }).click()
}
