/** Dialogs, bars and the page's scrolling. */
import type { TabBarConfig, WindowConfig } from '../../plugin/config'
import type { ModalOptions, ToastOptions } from '../dialogs'
import type { Phone } from '../phone'
import { api } from './api'

interface NavigationBarColour {
  frontColor: string
  backgroundColor: string
}

export function uiApi({ dialogs, bars, router }: Phone) {
  const setBar = (change: WindowConfig): void => {
    const page = router.current
    if (!page) throw new Error('there is no page')
    Object.assign(page.bar, change)
    bars.draw()
  }
  return {
    showToast: api('showToast', (options: ToastOptions) => dialogs.showToast(options)),
    hideToast: api('hideToast', () => dialogs.hideToast()),
    showLoading: api('showLoading', ({ title = '', mask = false }: { title?: string; mask?: boolean }) => {
      dialogs.showLoading(title, mask)
    }),
    hideLoading: api('hideLoading', () => dialogs.hideToast()),
    showModal: api('showModal', (options: ModalOptions) => dialogs.showModal(options)),
    showActionSheet: api(
      'showActionSheet',
      async ({ itemList, itemColor = '' }: { itemList: string[]; itemColor?: string }) => {
        const tapIndex = await dialogs.showActionSheet(itemList, itemColor)
        if (tapIndex === null) throw new Error('cancel')
        return { tapIndex }
      },
    ),
    setNavigationBarTitle: api('setNavigationBarTitle', ({ title }: { title: string }) => {
      setBar({ navigationBarTitleText: title })
    }),
    setNavigationBarColor: api('setNavigationBarColor', ({ frontColor, backgroundColor }: NavigationBarColour) => {
      setBar({
        navigationBarTextStyle: frontColor === '#000000' ? 'black' : 'white',
        navigationBarBackgroundColor: backgroundColor,
      })
    }),
    showNavigationBarLoading: api('showNavigationBarLoading', () => undefined),
    hideNavigationBarLoading: api('hideNavigationBarLoading', () => undefined),
    setBackgroundColor: api('setBackgroundColor', ({ backgroundColor }: { backgroundColor: string }) => {
      setBar({ backgroundColor })
    }),
    setBackgroundTextStyle: api('setBackgroundTextStyle', () => undefined),
    setTabBarItem: api('setTabBarItem', (item: { index: number; text?: string; iconPath?: string }) => {
      bars.setTabItem(item.index, item)
    }),
    setTabBarStyle: api('setTabBarStyle', (style: Partial<TabBarConfig>) => bars.setTabStyle(style)),
    setTabBarBadge: api('setTabBarBadge', ({ index, text }: { index: number; text: string }) => {
      bars.setBadge(index, text)
    }),
    removeTabBarBadge: api('removeTabBarBadge', ({ index }: { index: number }) => bars.setBadge(index, null)),
    showTabBarRedDot: api('showTabBarRedDot', ({ index }: { index: number }) => bars.setBadge(index, '')),
    hideTabBarRedDot: api('hideTabBarRedDot', ({ index }: { index: number }) => bars.setBadge(index, null)),
    showTabBar: api('showTabBar', () => bars.showTabs(true)),
    hideTabBar: api('hideTabBar', () => bars.showTabs(false)),
    hideHomeButton: api('hideHomeButton', () => undefined),
    stopPullDownRefresh: api('stopPullDownRefresh', () => undefined),
    pageScrollTo: api('pageScrollTo', ({ scrollTop = 0 }: { scrollTop?: number }) => {
      router.current?.box.firstElementChild?.scrollTo({ top: scrollTop, behavior: 'smooth' })
    }),
  }
}
