import { defineTexts } from './define'

export const contacts = defineTexts({
  zh: {
    title: '通讯录',
    me: '我',
    people: '联系人',
    lost: '与服务的连接已断开，正在重新连接…',
    callAudio: '语音呼叫 {name}',
    callVideo: '视频呼叫 {name}',
    emptyTitle: '还没有其他人',
    emptyLead: '再来一部“手机”就能通话：',
    emptyPreview: '在浏览器里再开一个预览，用另一个账号：',
    emptyPhone: '或在另一台设备上打开小程序，用另一个账号登录同一服务：',
  },
  en: {
    title: 'Contacts',
    me: 'You',
    people: 'People',
    lost: 'The connection to the service is lost. Connecting again…',
    callAudio: 'Audio call to {name}',
    callVideo: 'Video call to {name}',
    emptyTitle: 'Nobody else is here yet',
    emptyLead: 'A second phone is all it takes:',
    emptyPreview: 'open the preview once more in a browser, with another account:',
    emptyPhone: 'or open the mini-program on another device and sign in to the same service with another account:',
  },
})
