/** Scrolling elements: scroll-view, swiper. */
import { element } from './element'

export const scrollView = element(
  'scroll-view',
  {
    scrollX: false,
    scrollY: false,
    scrollTop: 0,
    scrollLeft: 0,
    scrollIntoView: '',
    scrollWithAnimation: false,
    upperThreshold: 50,
    lowerThreshold: 50,
    enhanced: false,
    showScrollbar: true,
    bounces: true,
    enableFlex: false,
    enablePassive: false,
    type: 'list',
  },
  (host) => {
    const { node } = host
    let last = { top: 0, left: 0, into: '', atTop: true, atBottom: false }
    const onScroll = (): void => {
      const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight } = node
      const { upperThreshold, lowerThreshold } = host.props()
      host.emit('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth })
      const atTop = scrollTop <= upperThreshold
      const atBottom = scrollTop + clientHeight >= scrollHeight - lowerThreshold
      if (atTop && !last.atTop) host.emit('scrolltoupper', { direction: 'top' })
      if (atBottom && !last.atBottom) host.emit('scrolltolower', { direction: 'bottom' })
      last = { ...last, atTop, atBottom }
    }
    node.addEventListener('scroll', onScroll, { passive: true })
    return {
      update() {
        const { scrollX, scrollY, scrollTop, scrollLeft, scrollIntoView, scrollWithAnimation } = host.props()
        node.style.overflowX = scrollX ? 'auto' : 'hidden'
        node.style.overflowY = scrollY ? 'auto' : 'hidden'
        node.style.whiteSpace = scrollX && !scrollY ? 'nowrap' : ''
        const behavior = scrollWithAnimation ? 'smooth' : 'instant'
        if (scrollTop !== last.top) node.scrollTo?.({ top: scrollTop, behavior })
        if (scrollLeft !== last.left) node.scrollTo?.({ left: scrollLeft, behavior })
        if (scrollIntoView !== last.into && scrollIntoView !== '') {
          requestAnimationFrame(() =>
            node.querySelector(`[id="${CSS.escape(scrollIntoView)}"]`)?.scrollIntoView({ behavior }),
          )
        }
        last = { ...last, top: scrollTop, left: scrollLeft, into: scrollIntoView }
      },
    }
  },
)

export const swiper = element(
  'swiper',
  {
    current: 0,
    indicatorDots: false,
    autoplay: false,
    interval: 5000,
    duration: 500,
    circular: false,
    vertical: false,
  },
  (host) => {
    const { node } = host
    let index = 0
    const items = (): HTMLElement[] => [...node.querySelectorAll<HTMLElement>('wx-swiper-item')]
    const go = (to: number, source: 'autoplay' | 'touch' | ''): void => {
      items()[to]?.scrollIntoView({ inline: 'start', block: 'nearest', behavior: source === '' ? 'instant' : 'smooth' })
      if (to === index) return
      index = to
      host.emit('change', { current: to, source })
    }
    const onScrollEnd = (): void => {
      const size = host.props().vertical ? node.clientHeight : node.clientWidth
      const offset = host.props().vertical ? node.scrollTop : node.scrollLeft
      const to = size === 0 ? 0 : Math.round(offset / size)
      if (to !== index) go(to, 'touch')
    }
    node.addEventListener('scrollend', onScrollEnd)
    const timer = setInterval(() => {
      if (host.props().autoplay) go((index + 1) % Math.max(1, items().length), 'autoplay')
    }, host.props().interval)
    return {
      update() {
        node.toggleAttribute('vertical', host.props().vertical)
        if (host.props().current !== index) go(host.props().current, '')
      },
      detach: () => clearInterval(timer),
    }
  },
)
export const swiperItem = element('swiper-item', { itemId: '' })
