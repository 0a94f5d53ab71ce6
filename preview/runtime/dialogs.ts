/** Toast, loading, modal, action sheet and permissions sheet. */
import { dom } from '../elements/element'
import type { Language } from './phone-query'

export interface ToastOptions {
  title: string
  icon?: 'success' | 'error' | 'loading' | 'none'
  image?: string
  duration?: number
  mask?: boolean
}
export interface ModalOptions {
  title?: string
  content?: string
  showCancel?: boolean
  cancelText?: string
  cancelColor?: string
  confirmText?: string
  confirmColor?: string
  editable?: boolean
  placeholderText?: string
}
interface ModalResult {
  confirm: boolean
  cancel: boolean
  content: string | null
}

const WORDS = {
  zh_CN: {
    cancel: '取消',
    confirm: '确定',
    done: '完成',
    agree: '同意',
    disagree: '拒绝',
    guideline: '《小程序隐私保护指引》',
    guidelineText: '本小程序在通话中使用你的摄像头和麦克风，以便对方看到和听到你。（预览中的示例文本）',
    privacyTitle: '用户隐私保护提示',
    switches: {
      'scope.camera': '使用摄像头',
      'scope.record': '使用麦克风',
      'scope.writePhotosAlbum': '保存到相册',
      camera: '系统设置：允许微信使用摄像头',
      microphone: '系统设置：允许微信使用麦克风',
      album: '系统设置：允许微信保存到相册',
    },
    noSwitches: '小程序还没有请求过任何权限',
    scan: '扫一扫',
    scanHint: '粘贴二维码的内容',
  },
  en: {
    cancel: 'Cancel',
    confirm: 'OK',
    done: 'Done',
    agree: 'Agree',
    disagree: 'Refuse',
    guideline: 'Privacy Protection Guideline',
    guidelineText:
      'This mini-program uses your camera and microphone in calls, so that the other side sees and hears you. (An example text of the preview.)',
    privacyTitle: 'Your privacy',
    switches: {
      'scope.camera': 'Use the camera',
      'scope.record': 'Use the microphone',
      'scope.writePhotosAlbum': 'Save to the photo album',
      camera: 'System settings: WeChat may use the camera',
      microphone: 'System settings: WeChat may use the microphone',
      album: 'System settings: WeChat may save to the photo album',
    },
    noSwitches: 'The mini-program has not asked for anything yet',
    scan: 'Scan',
    scanHint: 'Paste what the code says',
  },
} as const
const GLYPHS = { success: '✓', error: '✕', loading: '', none: '' } as const

export class Dialogs {
  private toastTimer: ReturnType<typeof setTimeout> | undefined
  private readonly toast = dom('div', { className: 'phone-toast', hidden: true })

  constructor(
    private readonly phone: HTMLElement,
    private readonly language: () => Language,
  ) {
    this.toast.setAttribute('role', 'status')
    phone.append(this.toast)
  }

  showToast({ title, icon = 'success', duration = 1500, mask = false }: ToastOptions): void {
    this.drawToast(title, icon, mask)
    this.toastTimer = setTimeout(() => this.hideToast(), duration)
  }
  showLoading(title: string, mask: boolean): void {
    this.drawToast(title, 'loading', mask)
  }
  hideToast(): void {
    clearTimeout(this.toastTimer)
    this.toast.hidden = true
  }

  showModal(options: ModalOptions): Promise<ModalResult> {
    const words = WORDS[this.language()]
    const { title = '', content = '', showCancel = true, editable = false } = options
    const field = dom('input', { value: editable ? content : '', placeholder: options.placeholderText ?? '' })
    const body = editable ? field : dom('p', { textContent: content })
    const cancel = dom('button', { textContent: options.cancelText ?? words.cancel, hidden: !showCancel })
    const confirm = dom('button', { className: 'phone-confirm', textContent: options.confirmText ?? words.confirm })
    cancel.style.color = options.cancelColor ?? ''
    confirm.style.color = options.confirmColor ?? ''
    const buttons = dom('div', { className: 'phone-buttons' }, cancel, confirm)
    const box = dom('div', { className: 'phone-modal' }, dom('b', { textContent: title }), body, buttons)
    return new Promise((resolve) => {
      const close = this.overlay(box)
      const answer = (confirmed: boolean): void => {
        close()
        resolve({ confirm: confirmed, cancel: !confirmed, content: editable && confirmed ? field.value : null })
      }
      confirm.addEventListener('click', () => answer(true))
      cancel.addEventListener('click', () => answer(false))
      confirm.focus()
    })
  }

  /** Asks for a code's content; null if nothing is scanned. */
  askForCode(): Promise<ModalResult> {
    const { scan, scanHint } = WORDS[this.language()]
    return this.showModal({ title: scan, editable: true, placeholderText: scanHint })
  }

  get privacyName(): string {
    return WORDS[this.language()].guideline
  }
  /** WeChat's own question, for mini-programs that do not ask. */
  async askPrivacy(): Promise<boolean> {
    const words = WORDS[this.language()]
    const { confirm } = await this.showModal({
      title: words.privacyTitle,
      content: words.guideline,
      confirmText: words.agree,
      cancelText: words.disagree,
    })
    return confirm
  }
  /** Opens the guideline; the user continues when done. */
  showPrivacyContract(): void {
    const { guideline, guidelineText } = WORDS[this.language()]
    void this.showModal({ title: guideline, content: guidelineText, showCancel: false })
  }

  /** The tapped index; null for none. */
  showActionSheet(items: string[], colour: string): Promise<number | null> {
    const words = WORDS[this.language()]
    const buttons = items.map((textContent) => dom('button', { textContent }))
    for (const button of buttons) button.style.color = colour
    const cancel = dom('button', { className: 'phone-sheet-cancel', textContent: words.cancel })
    const sheet = dom('div', { className: 'phone-sheet' }, ...buttons, cancel)
    return new Promise((resolve) => {
      const close = this.overlay(sheet)
      const answer = (index: number | null): void => {
        close()
        resolve(index)
      }
      buttons.forEach((button, index) => button.addEventListener('click', () => answer(index)))
      cancel.addEventListener('click', () => answer(null))
    })
  }

  /** Switches by name (a scope, or a device of the system's settings); resolves with their final states. */
  showSwitches(switches: Record<string, boolean>): Promise<Record<string, boolean>> {
    const boxes = Object.entries(switches).map(([name, checked]) => dom('input', { type: 'checkbox', name, checked }))
    const words = WORDS[this.language()]
    const names: Readonly<Record<string, string>> = words.switches
    const rows = boxes.map((box) => dom('label', {}, names[box.name] ?? box.name, box))
    if (rows.length === 0) rows.push(dom('label', {}, words.noSwitches))
    const done = dom('button', { className: 'phone-confirm', textContent: words.done })
    const sheet = dom('div', { className: 'phone-sheet' }, ...rows, done)
    return new Promise((resolve) => {
      const close = this.overlay(sheet)
      done.addEventListener('click', () => {
        close()
        resolve(Object.fromEntries(boxes.map((box) => [box.name, box.checked])))
      })
    })
  }

  private overlay(content: HTMLElement): () => void {
    const mask = dom('div', { className: 'phone-mask' }, content)
    content.setAttribute('role', 'dialog')
    this.phone.append(mask)
    return () => mask.remove()
  }

  private drawToast(title: string, icon: keyof typeof GLYPHS, mask: boolean): void {
    clearTimeout(this.toastTimer)
    this.toast.dataset['icon'] = icon
    this.toast.classList.toggle('phone-toast-mask', mask)
    const children = icon === 'none' ? [] : [dom('i', { textContent: GLYPHS[icon] })]
    this.toast.replaceChildren(...children, dom('span', { textContent: title }))
    this.toast.hidden = false
  }
}
