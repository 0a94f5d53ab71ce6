import { defineTexts } from './define'

export const banner = defineTexts({
  zh: {
    calling: '正在呼叫 {name}…',
    rings: '{name} 来电',
    talking: '与 {name} 通话中',
    reconnecting: '正在重连与 {name} 的通话…',
    asksForVideo: '{name} 想切换为视频通话',
    roomRings: '{name} 邀请您加入多人通话',
    roomJoining: '正在进入“{title}”…',
    room: '“{title}” {count} 人通话中',
    roomReconnecting: '正在重新连接“{title}”…',
    back: '返回通话',
    // Buttons of a dialog: four Chinese characters, or eight letters.
    accept: '接听',
    decline: '拒绝',
    toCall: '返回通话',
    hangUp: '挂断',
  },
  en: {
    calling: 'Calling {name}…',
    rings: '{name} is calling',
    talking: 'In a call with {name}',
    reconnecting: 'Reconnecting the call with {name}…',
    asksForVideo: '{name} would like a video call',
    roomRings: '{name} calls you into a group call',
    roomJoining: 'Entering {title}…',
    room: '{count} people in {title}',
    roomReconnecting: 'Reconnecting to {title}…',
    back: 'Back to the call',
    accept: 'Accept',
    decline: 'Decline',
    toCall: 'Return',
    hangUp: 'Hang up',
  },
})
