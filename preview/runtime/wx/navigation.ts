/** Navigation between pages, and the app's life cycle. */
import type { Phone } from '../phone'
import { api } from './api'

interface To {
  url: string
}

export function navigationApi({ router, app }: Phone) {
  return {
    navigateTo: api('navigateTo', ({ url }: To) => void router.navigateTo(url)),
    redirectTo: api('redirectTo', ({ url }: To) => router.redirectTo(url)),
    reLaunch: api('reLaunch', ({ url }: To) => router.reLaunch(url)),
    switchTab: api('switchTab', ({ url }: To) => router.switchTab(url)),
    navigateBack: api('navigateBack', ({ delta = 1 }: { delta?: number }) => router.navigateBack(delta)),
    getLaunchOptionsSync: () => app.launch,
    getEnterOptionsSync: () => app.launch,
    onAppShow: app.shown.add,
    offAppShow: app.shown.remove,
    onAppHide: app.hidden.add,
    offAppHide: app.hidden.remove,
    onError: app.failed.add,
    offError: app.failed.remove,
    onUnhandledRejection: () => undefined,
    offUnhandledRejection: () => undefined,
    onPageNotFound: () => undefined,
    offPageNotFound: () => undefined,
    nextTick: (run: () => void) => queueMicrotask(run),
  }
}
