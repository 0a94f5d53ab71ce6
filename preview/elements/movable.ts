/** movable-area and movable-view: a box that can be dragged inside another one. */
import { element } from './element'

export const movableArea = element('movable-area', { scaleArea: false })

const limit = (value: number, room: number): number => Math.min(Math.max(0, value), Math.max(0, room))

/** A number of px, or a string with a unit. */
function pixels(value: unknown): number {
  if (typeof value !== 'string') return typeof value === 'number' ? value : 0
  const length = Number.parseFloat(value)
  return value.endsWith('rpx') ? (length * innerWidth) / 750 : length
}

export const movableView = element(
  'movable-view',
  {
    direction: 'none',
    x: null,
    y: null,
    inertia: false,
    outOfBounds: false,
    damping: 20,
    friction: 2,
    disabled: false,
    scale: false,
    animation: true,
  },
  (host) => {
    const { node } = host
    let at = { x: 0, y: 0 }
    let given = { x: Number.NaN, y: Number.NaN }
    const place = (x: number, y: number, source: string): void => {
      const area = node.closest<HTMLElement>('wx-movable-area')
      at = {
        x: limit(x, (area?.clientWidth ?? 0) - node.offsetWidth),
        y: limit(y, (area?.clientHeight ?? 0) - node.offsetHeight),
      }
      node.style.transform = `translate(${at.x}px, ${at.y}px)`
      host.emit('change', { ...at, source })
    }
    node.addEventListener('pointerdown', (down) => {
      const { direction, disabled } = host.props()
      if (disabled || direction === 'none') return
      const from = { ...at }
      node.setPointerCapture(down.pointerId)
      node.style.transition = ''
      const move = (event: PointerEvent): void => {
        const dx = direction === 'vertical' ? 0 : event.clientX - down.clientX
        const dy = direction === 'horizontal' ? 0 : event.clientY - down.clientY
        place(from.x + dx, from.y + dy, 'touch')
      }
      const up = (): void => {
        node.removeEventListener('pointermove', move)
        host.emit('dragend')
      }
      node.addEventListener('pointermove', move)
      node.addEventListener('pointerup', up, { once: true })
      node.addEventListener('pointercancel', up, { once: true })
    })
    return {
      update() {
        const { x, y, animation } = host.props()
        const wanted = { x: pixels(x), y: pixels(y) }
        if (wanted.x === given.x && wanted.y === given.y) return
        given = wanted
        node.style.transition = animation ? 'transform .2s ease-out' : ''
        requestAnimationFrame(() => place(wanted.x, wanted.y, ''))
      },
    }
  },
)
