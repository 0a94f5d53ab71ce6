/** A phone: screen, bars, pages, and the mini-program running on it. */
import type { Conditions } from '../conditions'
import { Background } from '../conditions/background'
import { Network } from '../conditions/network'
import { Permissions } from '../conditions/permissions'
import type { PhoneSocket } from '../conditions/phone-socket'
import { Privacy } from '../conditions/privacy'
import { Timers } from '../conditions/timers'
import { builtinElements } from '../elements'
import type { LivePlayer } from '../elements/live-player'
import type { LivePusher } from '../elements/live-pusher'
import { Capture } from '../media/capture'
import type { Program } from '../plugin/compile'
import { AppHost } from './app'
import { Bars, insetsOf } from './bars'
import { Dialogs } from './dialogs'
import { Listeners, Switch } from './emitter'
import { Faults } from './faults'
import { addHomeScreen } from './home-screen'
import type { PhoneQuery, Theme } from './phone-query'
import { Problems } from './problems'
import { Router } from './router'
import { Space, type Templates } from './space'
import { simulateFinger } from './touches'
import type { InnerAudio } from './wx/inner-audio'

const SCENE = 1001

export class Phone {
  readonly screen = document.createElement('div')
  readonly pushers = new Set<LivePusher>()
  readonly players = new Set<LivePlayer>()
  readonly themeChanges = new Listeners<{ theme: Theme }>()
  /** The mini-program's open sockets. */
  readonly sockets = new Set<PhoneSocket>()
  /** The mini-program's sounds that were not destroyed. */
  readonly audios = new Set<InnerAudio>()
  readonly timers: Timers
  /** Number of vibrations. */
  vibrations = 0
  /** Whether the screen is kept on. */
  screenKeptOn = false
  readonly conditions: Conditions
  readonly faults: Faults
  readonly capture: Capture
  readonly problems: Problems
  readonly dialogs: Dialogs
  readonly bars: Bars
  readonly router: Router
  readonly app: AppHost
  readonly space: Space

  private shakeTimer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly body: HTMLElement,
    program: Program,
    templates: Templates,
    readonly query: PhoneQuery,
  ) {
    this.screen.className = 'phone-screen'
    this.problems = new Problems(body)
    this.dialogs = new Dialogs(body, () => this.query.language)
    const background = new Background()
    const { dialogs } = this
    this.conditions = {
      background,
      network: new Network(),
      permissions: new Permissions(query.permissions),
      privacy: new Privacy(query.privacyNeeded, () => dialogs.askPrivacy()),
      interrupted: new Switch(),
      simulator: new Switch(query.simulator),
    }
    this.timers = new Timers(background.suspended)
    this.capture = new Capture({
      synthetic: query.synthetic,
      colour: query.colour,
      initial: query.account.slice(0, 1).toUpperCase(),
      stamp: query.stamp,
      mostFps: query.fps,
      tone: query.tone,
      permissions: this.conditions.permissions,
      privacy: this.conditions.privacy,
      onStandIn: (device) => this.tellStandIn(device),
    })
    const elements = builtinElements({
      capture: this.capture,
      conditions: this.conditions,
      pushers: this.pushers,
      players: this.players,
      navigation: {
        navigate: (url) => void this.router.navigateTo(url),
        redirect: (url) => this.router.redirectTo(url),
        switchTab: (url) => this.router.switchTab(url),
        reLaunch: (url) => this.router.reLaunch(url),
        navigateBack: (delta) => this.router.navigateBack(delta),
      },
    })
    this.space = new Space(program, templates, elements)
    const router: Router = new Router(this.space, program, this.screen, {
      changed: () => this.bars.draw(),
      failed: (error, where) => this.problems.show(error, where),
    })
    this.router = router
    const theme = (): Theme => this.query.theme
    this.bars = new Bars(body, this.screen, program.app.tabBar, program.themes, theme, () => router)
    const first = query.page ?? `/${program.app.entryPagePath ?? program.app.pages[0] ?? ''}`
    const launchQuery = { account: query.account, service: location.origin }
    const launch = { path: first.slice(1), query: launchQuery, scene: SCENE, referrerInfo: {} }
    this.app = new AppHost(launch, background, router)
    addHomeScreen(body, background.hidden, query.language, () => this.app.show())
    this.faults = new Faults(this)
    this.conditions.network.changes.add(({ isConnected }) => this.bars.setSignal(isConnected))
    this.conditions.network.set(query.network)
    this.applyTheme()
    this.applyNotch()
    simulateFinger(this.screen)
    new ResizeObserver(() => this.bars.draw()).observe(this.screen)
    window.addEventListener('resize', () => this.router.current?.call('onResize', {}))
  }

  /** Sounds that are playing, without live-players. */
  get sounds(): InnerAudio[] {
    return [...this.audios].filter((audio) => !audio.paused)
  }

  start(): void {
    this.app.start()
    this.router.reLaunch(`/${this.app.launch.path}`)
  }

  setTheme(theme: Theme): void {
    if (theme === this.query.theme) return
    this.query.theme = theme
    this.applyTheme()
    this.bars.draw()
    this.app.themeChanged(theme)
    this.themeChanges.emit({ theme })
  }

  /** Switches between cases with and without a notch; pages are notified of the new size. */
  setNotch(notch: boolean): void {
    this.query.notch = notch
    this.applyNotch()
    this.router.current?.call('onResize', {})
  }

  private applyNotch(): void {
    const root = document.documentElement
    const { top, bottom } = insetsOf(this.query)
    root.toggleAttribute('data-notch', this.query.notch)
    root.style.setProperty('--safe-top', `${top}px`)
    root.style.setProperty('--safe-bottom', `${bottom}px`)
  }

  /** Shows a vibration, ms. */
  shake(duration: number): void {
    navigator.vibrate?.(duration)
    clearTimeout(this.shakeTimer)
    this.body.classList.add('phone-vibrating')
    this.shakeTimer = setTimeout(() => this.body.classList.remove('phone-vibrating'), duration)
  }

  private applyTheme(): void {
    document.documentElement.dataset['theme'] = this.query.theme
    document.documentElement.lang = this.query.language === 'zh_CN' ? 'zh-CN' : 'en'
  }

  private tellStandIn(device: 'camera' | 'microphone'): void {
    const words = {
      zh_CN: { camera: '没有摄像头，使用模拟画面', microphone: '没有麦克风，使用模拟声音' },
      en: { camera: 'No camera here: a made-up picture', microphone: 'No microphone here: a made-up tone' },
    }
    this.dialogs.showToast({ title: words[this.query.language][device], icon: 'none', duration: 3000 })
  }
}
