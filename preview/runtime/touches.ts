/** Converts the browser's events to a phone's touches: touch lists, touches by mouse, long presses. */
import * as glassEasel from 'glass-easel'

interface Touch {
  identifier: number
  clientX: number
  clientY: number
  pageX: number
  pageY: number
}

const TAPS: ReadonlySet<string> = new Set(['tap', 'longpress', 'longtap'])
const LONG_PRESS = 350
const MOVE_TOLERANCE = 10

/** Dispatches a backend event with touches. */
export function onBackendEvent(
  target: glassEasel.Element,
  type: string,
  detail: unknown,
  options: glassEasel.EventOptions & { originalEvent?: unknown },
): void {
  if (TAPS.has(type) && isOff(options.originalEvent)) return
  const event = new glassEasel.Event(type, detail, { ...options, extraFields: touchFields(options.originalEvent) })
  glassEasel.Event.dispatchEvent(target, event)
  const { originalEvent } = options
  if (event.defaultPrevented() && originalEvent instanceof Event) originalEvent.preventDefault()
}

/** Converts the mouse to a finger, and a held finger to a long press. */
export function simulateFinger(screen: HTMLElement): void {
  let pressed: { target: glassEasel.Element; x: number; y: number } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let touching = false
  const fire = (type: string, event: Event, detail: unknown = {}): void => {
    if (!pressed) return
    onBackendEvent(pressed.target, type, detail, {
      bubbles: true,
      composed: true,
      capturePhase: true,
      originalEvent: event,
    })
  }
  const press = (event: Event, x: number, y: number): void => {
    const target = elementAt(event.target)
    if (!target) return
    pressed = { target, x, y }
    clearTimeout(timer)
    timer = setTimeout(() => {
      fire('longpress', event, { x, y })
      fire('longtap', event, { x, y })
    }, LONG_PRESS)
  }
  const moved = (x: number, y: number): void => {
    if (pressed && Math.hypot(x - pressed.x, y - pressed.y) > MOVE_TOLERANCE) clearTimeout(timer)
  }
  const release = (): void => {
    clearTimeout(timer)
    pressed = null
  }

  screen.addEventListener(
    'touchstart',
    (event) => {
      touching = true
      const [touch] = event.touches
      if (touch) press(event, touch.clientX, touch.clientY)
    },
    { capture: true, passive: true },
  )
  screen.addEventListener(
    'touchmove',
    (event) => {
      const [touch] = event.touches
      if (touch) moved(touch.clientX, touch.clientY)
    },
    { capture: true, passive: true },
  )
  screen.addEventListener('touchend', release, { capture: true })
  screen.addEventListener('touchcancel', release, { capture: true })

  screen.addEventListener(
    'mousedown',
    (event) => {
      if (touching || event.button !== 0) return
      press(event, event.clientX, event.clientY)
      fire('touchstart', event)
    },
    { capture: true },
  )
  window.addEventListener(
    'mousemove',
    (event) => {
      if (touching || !pressed) return
      moved(event.clientX, event.clientY)
      fire('touchmove', event)
    },
    { capture: true },
  )
  window.addEventListener(
    'mouseup',
    (event) => {
      if (touching || !pressed) return
      fire('touchend', event)
      release()
    },
    { capture: true },
  )
}

/** Disabled buttons ignore taps. */
function isOff(original: unknown): boolean {
  const target = original instanceof Event ? original.target : null
  return target instanceof Element && target.closest('wx-button[disabled]') !== null
}

function elementAt(node: EventTarget | null): glassEasel.Element | null {
  for (let at = node instanceof Node ? node : null; at; at = at.parentNode) {
    const element: unknown = Reflect.get(at, '__wxElement')
    if (element instanceof glassEasel.Element) return element
  }
  return null
}

function touchFields(original: unknown): { touches: Touch[]; changedTouches: Touch[] } | Record<string, never> {
  if (typeof TouchEvent !== 'undefined' && original instanceof TouchEvent) {
    return { touches: [...original.touches].map(touchOf), changedTouches: [...original.changedTouches].map(touchOf) }
  }
  if (!(original instanceof MouseEvent)) return {}
  const touch = touchOf(original)
  return { touches: original.type === 'mouseup' ? [] : [touch], changedTouches: [touch] }
}

function touchOf(at: Omit<Touch, 'identifier'> & { identifier?: number }): Touch {
  const { identifier = 0, clientX, clientY, pageX, pageY } = at
  return { identifier, clientX, clientY, pageX, pageY }
}
