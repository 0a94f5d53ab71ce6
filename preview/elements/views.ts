/** Containers and text. */
import { dom, element, type ElementHost } from './element'

/** `hover-class`: a class while the element is pressed. */
export function hover(host: ElementHost<{ hoverClass: string; hoverStayTime: number }>): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const set = (on: boolean): void => {
    const { hoverClass } = host.props()
    if (hoverClass === '' || hoverClass === 'none') return
    host.component.toggleNodeClass(hoverClass, on)
  }
  host.node.addEventListener('pointerdown', () => {
    clearTimeout(timer)
    set(true)
    const release = (): void => void (timer = setTimeout(() => set(false), host.props().hoverStayTime))
    window.addEventListener('pointerup', release, { once: true })
    window.addEventListener('pointercancel', release, { once: true })
  })
}

const HOVER = { hoverClass: 'none', hoverStayTime: 400, hoverStartTime: 50, hoverStopPropagation: false }
const box = (tag: string) =>
  element(tag, HOVER, (host) => {
    hover(host)
    return {}
  })

export const view = box('view')
export const coverView = box('cover-view')
export const text = element('text', { userSelect: false, selectable: false, space: '', decode: false }, (host) => ({
  update() {
    const { userSelect, selectable } = host.props()
    host.node.style.userSelect = userSelect || selectable ? 'text' : ''
  },
}))

const ICON_SHAPES: Record<string, { glyph: string; colour: string }> = {
  success: { glyph: '✓', colour: '#07c160' },
  success_no_circle: { glyph: '✓', colour: '#07c160' },
  info: { glyph: 'i', colour: '#10aeff' },
  warn: { glyph: '!', colour: '#f76260' },
  waiting: { glyph: '…', colour: '#10aeff' },
  cancel: { glyph: '×', colour: '#f43530' },
  download: { glyph: '↓', colour: '#07c160' },
  search: { glyph: '⌕', colour: '#b2b2b2' },
  clear: { glyph: '×', colour: '#b2b2b2' },
}
export const icon = element('icon', { type: '', size: 23, color: '' }, (host) => ({
  update() {
    const { type, size, color } = host.props()
    const shape = ICON_SHAPES[type]
    if (!shape) throw new Error(`<icon type="${type}"> is unknown`)
    host.node.textContent = shape.glyph
    Object.assign(host.node.style, { fontSize: `${size}px`, color: color || shape.colour })
  },
}))

export const progress = element(
  'progress',
  {
    percent: 0,
    showInfo: false,
    strokeWidth: 6,
    activeColor: '#09bb07',
    backgroundColor: '#ebebeb',
    active: false,
    borderRadius: 0,
    duration: 30,
  },
  (host) => {
    const bar = dom('div')
    const track = dom('div', { className: 'phone-progress' }, bar)
    const info = dom('span')
    host.node.append(track, info)
    return {
      update() {
        const { percent, showInfo, strokeWidth, activeColor, backgroundColor, active, borderRadius } = host.props()
        const shown = Math.min(100, Math.max(0, percent))
        Object.assign(track.style, {
          height: `${strokeWidth}px`,
          background: backgroundColor,
          borderRadius: `${borderRadius}px`,
        })
        Object.assign(bar.style, {
          width: `${shown}%`,
          background: activeColor,
          transition: active ? 'width .3s linear' : '',
        })
        info.textContent = showInfo ? `${Math.round(shown)}%` : ''
      },
    }
  },
)

/** Only has to exist: root styles come from WXSS. */
export const pageMeta = element(
  'page-meta',
  {
    pageStyle: '',
    rootFontSize: '',
    rootBackgroundColor: '',
    backgroundColor: '',
    backgroundTextStyle: '',
  },
  (host) => ({
    update() {
      const page = host.node.closest<HTMLElement>('wx-page')
      if (page) page.style.cssText = host.props().pageStyle
    },
  }),
)
