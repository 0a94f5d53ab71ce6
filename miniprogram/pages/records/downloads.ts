import type { Language } from '../../services/language'
import { askFor, showRefusal, type Refusal } from '../../services/permissions'
import type { Texts } from '../../texts/index'
import type { FileView } from './file-view'

const ALBUM = {
  refused: 'albumRefused',
  'refused-by-system': 'albumRefusedBySystem',
  'not-declared': 'albumNotDeclared',
} as const satisfies Record<Refusal, keyof Texts<'permissions'>>
/** WeChat fetches nothing above this, bytes. */
const LARGEST = 200 * 1024 * 1024
/** ms; WeChat's own limit is a minute. */
const PATIENCE = 30 * 60_000
const SENTENCE_SHOWN = 3_000

/** Fetches recordings onto the phone, one at a time: films into the photo album, all else into a chat. */
export class Downloads {
  private readonly language: Language
  /** @param percent of the file that is there */
  private readonly progress: (percent: number) => void
  /** Counts what was begun or stopped: only the newest goes on. */
  private turn = 0
  private abort: (() => void) | null = null

  constructor(language: Language, progress: (percent: number) => void) {
    this.language = language
    this.progress = progress
  }

  /** Says by itself how it ended, unless it was stopped. `false`: it could not be fetched; its link may be too old. */
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

  /** Its place on the phone; null when it was stopped. */
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
        // Android phones have a permission of their own, which they ask for only now.
        if (errMsg.includes('system permission')) this.sayRefusal('refused-by-system')
        else if (!errMsg.includes('cancel')) this.say('saveFailed')
      },
    })
  }
  /** WeChat sends a file only after a tap: the one that began the download is too long ago. */
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
