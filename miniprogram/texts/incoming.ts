import { defineTexts } from './define'

export const incoming = defineTexts({
  zh: {
    title: '来电',
    video: '邀请您视频通话',
    audio: '邀请您语音通话',
    'room-video': '邀请您加入多人视频通话',
    'room-audio': '邀请您加入多人语音通话',
    others: '{names} 也受到邀请',
    recorded: '本次通话可能会被录制',
    accept: '接听',
    decline: '拒绝',
  },
  en: {
    title: 'Incoming call',
    video: 'Video call',
    audio: 'Audio call',
    'room-video': 'Group call by video',
    'room-audio': 'Group call by audio',
    others: 'With {names}',
    recorded: 'This call may be recorded',
    accept: 'Accept',
    decline: 'Decline',
  },
})
