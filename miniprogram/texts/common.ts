import { defineTexts } from './define'

export const common = defineTexts({
  zh: {
    tabContacts: '通讯录',
    tabRecords: '通话记录',
    tabSettings: '设置',
    ok: '好',
    cancel: '取消',
    retry: '重试',
    loading: '加载中…',
    online: '在线',
    offline: '离线',
    connecting: '连接中…',
    signOut: '退出登录',
    signOutQuestion: '退出后将收不到来电。确定退出 {account} 吗？',
  },
  en: {
    tabContacts: 'Contacts',
    tabRecords: 'Calls',
    tabSettings: 'Settings',
    ok: 'OK',
    cancel: 'Cancel',
    retry: 'Try again',
    loading: 'Loading…',
    online: 'Online',
    offline: 'Offline',
    connecting: 'Connecting…',
    signOut: 'Sign out',
    signOutQuestion: 'You get no calls while signed out. Sign {account} out?',
  },
})
