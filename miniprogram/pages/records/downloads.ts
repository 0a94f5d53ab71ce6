import type { Language } from '../../services/language'
import { askFor, showRefusal, type Refusal } from '../../services/permissions'
import type { Texts } from '../../texts/index'
import type { FileView } from './file-view'

const ALBUM = {
  refused: 'albumRefused',
  'refused-by-system': 'albumRefusedBySystem',
  'not-declared': 'albumNotDeclared',
} as const satisfies Record<Refusal, keyof Texts<'permissions'>>
/** WeChat downloads no larger files, bytes. */
const LARGEST = 200 * 1024 * 1024
/** ms; WeChat's default is a minute. */
const PATIENCE = 30 * 60_000
const SENTENCE_SHOWN = 3_000

/** Downloads recordings one at a time: mp4 files to the photo album, others to a chat. */
export class Downloads {
  private readonly language: Language
  /** @param percent progress of the file */
  private readonly progress: (percent: number) => void
  /** Epoch of starts and stops: older downloads are ignored. */
  private turn = 0
  private abort: (() => void) | null = null

  constructor(language: Language, progress: (percent: number) => void) {
    this.language = language
    this.progress = progress
  }

  /** Reports its result unless it was stopped. `false`: the download failed; its URL may have expired. */
  async fetch({ kind, size, url, filename }: FileView): Promise<boolean> {
    this.stop()
    const { turn } = this
    if (size > LARGEST) {
      this.say('tooLarge')
      return true
    }
    if (kind === 'mp4' && !(await this.maySave())) return true
    if (turn !== this.turn) return true
    try {
      const path = await this.download(url)
      if (path === null) return true
      if (kind === 'mp4') this.save(path)
      else this.share(path, filename)
      return true
    } catch (error) {
      console.warn('the file cannot be fetched:', error)
      this.say('downloadFailed')
      return false
    }
  }
  stop(): void {
    this.turn++
    this.abort?.()
    this.abort = null
  }

  private async maySave(): Promise<boolean> {
    const permission = await askFor('album')
    if (permission !== 'granted') this.sayRefusal(permission)
    return permission === 'granted'
  }

  /** Path on the phone; null if it was stopped. */
  private download(url: string): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const task = wx.downloadFile({
        url,
        timeout: PATIENCE,
        success: ({ statusCode, tempFilePath }) => {
          if (statusCode === 200) resolve(tempFilePath)
          else reject(new Error(`HTTP ${statusCode}`))
        },
        fail: ({ errMsg }) => reject(new Error(errMsg)),
      })
      task.onProgressUpdate(({ progress }) => this.progress(progress))
      this.abort = () => {
        resolve(null)
        task.offProgressUpdate()
        task.abort()
      }
    })
  }

  private save(filePath: string): void {
    wx.saveVideoToPhotosAlbum({
      filePath,
      success: () => this.say('saved'),
      fail: ({ errMsg }) => {
        // Android phones have a separate permission, requested only now.
        if (errMsg.includes('system permission')) this.sayRefusal('refused-by-system')
        else if (!errMsg.includes('cancel')) this.say('saveFailed')
      },
    })
  }
  /** WeChat requires a tap for sending a file; the one that started the download is too old. */
  private share(filePath: string, fileName: string): void {
    const words = this.language.texts('records')
    wx.showModal({
      title: words.fetched,
      content: words.fetchedLead,
      cancelText: this.language.texts('common').cancel,
      confirmText: words.toChat,
      success: ({ confirm }) => {
        if (!confirm) return
        wx.shareFileMessage({
          filePath,
          fileName,
          fail: ({ errMsg }) => {
            if (!errMsg.includes('cancel')) this.say('sendFailed')
          },
        })
      },
    })
  }

  private sayRefusal(refusal: Refusal): void {
    const words = this.language.texts('permissions')
    showRefusal(refusal, { title: words.albumTitle, content: words[ALBUM[refusal]] }, this.language)
  }
  private say(sentence: 'tooLarge' | 'downloadFailed' | 'saved' | 'saveFailed' | 'sendFailed'): void {
    const title = this.language.texts('records')[sentence]
    void wx.showToast({ title, icon: 'none', duration: SENTENCE_SHOWN })
  }
}
