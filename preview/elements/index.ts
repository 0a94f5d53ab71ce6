/** All built-in components. */
import type { Conditions } from '../conditions'
import type { Capture } from '../media/capture'
import { button, form, label, navigator, type Navigation } from './actions'
import { checkbox, checkboxGroup, picker, radio, radioGroup, slider, switchElement } from './choices'
import type { ElementType } from './element'
import { input, textarea } from './fields'
import { coverImage, image } from './image'
import { livePlayer, type LivePlayer } from './live-player'
import { livePusher, type LivePusher } from './live-pusher'
import { movableArea, movableView } from './movable'
import { scrollView, swiper, swiperItem } from './scroll'
import { video } from './video'
import { coverView, icon, pageMeta, progress, text, view } from './views'

interface ElementDependencies {
  capture: Capture
  conditions: Conditions
  navigation: Navigation
  pushers: Set<LivePusher>
  players: Set<LivePlayer>
}

export function builtinElements(dependencies: ElementDependencies): ElementType[] {
  const { capture, conditions, navigation, pushers, players } = dependencies
  return [
    button(conditions.privacy),
    checkbox,
    checkboxGroup,
    coverImage,
    coverView,
    form,
    icon,
    image,
    input,
    label,
    livePlayer(conditions, players),
    livePusher(capture, conditions, pushers),
    movableArea,
    movableView,
    navigator(navigation),
    pageMeta,
    picker,
    progress,
    radio,
    radioGroup,
    scrollView,
    slider,
    swiper,
    swiperItem,
    switchElement,
    text,
    textarea,
    video,
    view,
  ]
}
