import { TABS } from '../config'
import type { Language } from './language'

/** Sets a page's title and the tabs in the display language. WeChat accepts tabs only while a tab page is on top. */
export function showTabTitles(language: Language, page: 'contacts' | 'records' | 'settings'): void {
  const words = language.texts('common')
  void wx.setNavigationBarTitle({ title: language.texts(page).title })
  for (const [index, name] of TABS.entries()) void wx.setTabBarItem({ index, text: words[name] })
}
