import { dom, element, type ElementInstance, type ElementHost } from './element'

const FIT: Record<string, [fit: string, position: string]> = {
  scaleToFill: ['fill', 'center'],
  aspectFit: ['contain', 'center'],
  aspectFill: ['cover', 'center'],
  top: ['none', 'top'],
  bottom: ['none', 'bottom'],
  center: ['none', 'center'],
  left: ['none', 'left'],
  right: ['none', 'right'],
  'top left': ['none', 'top left'],
  'top right': ['none', 'top right'],
  'bottom left': ['none', 'bottom left'],
  'bottom right': ['none', 'bottom right'],
}

const PROPERTIES = { src: '', mode: 'scaleToFill', lazyLoad: false, webp: false, showMenuByLongpress: false }

function attachImage(host: ElementHost<typeof PROPERTIES>): ElementInstance {
  const picture = dom('img', { alt: '', draggable: false })
  host.node.append(picture)
  picture.addEventListener('load', () => {
    host.emit('load', { width: picture.naturalWidth, height: picture.naturalHeight })
  })
  picture.addEventListener('error', () => host.emit('error', { errMsg: `GET ${host.props().src} fail` }))
  let shown = ''
  return {
    update() {
      const { src, mode } = host.props()
      const [fit, position] = FIT[mode] ?? ['fill', 'center']
      Object.assign(picture.style, { objectFit: fit, objectPosition: position })
      host.node.dataset['mode'] = mode
      const url = host.asset(src)
      picture.hidden = url === ''
      if (url !== '' && url !== shown) picture.src = url
      shown = url
    },
  }
}

export const image = element('image', PROPERTIES, attachImage)
export const coverImage = element('cover-image', PROPERTIES, attachImage)
