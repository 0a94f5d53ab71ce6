import type { RoomEndReason } from '../call/state'
import type { Section } from './define'

/** A sentence for each end reason of a room; `{name}` is the inviter. */
export const roomEndings: Section<Record<RoomEndReason, string>> = {
  zh: {
    left: '您已离开房间',
    declined: '已拒绝加入',
    missed: '未接的多人通话',
    'inviter-cancelled': '{name} 已取消邀请',
    'answered-elsewhere': '已在其他设备处理',
    'room-full': '房间已满，有人离开后可再试',
    'room-closed': '房间已关闭',
    'room-gone': '连接恢复时房间已经关闭',
    replaced: '您已在另一台设备进入此房间',
    kicked: '您已被移出房间',
    refused: '服务器拒绝了您进入房间',
    'connection-lost': '网络中断，已离开房间',
    'service-unreachable': '无法连接通话服务，请检查网络后重试',
    'too-often': '操作过于频繁，请稍后再试',
    'service-stopped': '通话服务已停止，房间已关闭',
    'microphone-refused': '没有麦克风权限，无法发言',
    failed: '进入房间失败，请重试',
  },
  en: {
    left: 'You left the room',
    declined: 'You declined to join',
    missed: 'Missed group call',
    'inviter-cancelled': '{name} withdrew the invitation',
    'answered-elsewhere': 'Answered on another device',
    'room-full': 'The room is full. Try again when somebody has left',
    'room-closed': 'The room was closed',
    'room-gone': 'The room was closed while you were disconnected',
    replaced: 'You entered this room on another device',
    kicked: 'You were removed from the room',
    refused: 'The service refused your entry to the room',
    'connection-lost': 'The connection was lost and you have left the room',
    'service-unreachable': 'The call service cannot be reached. Check the network and try again',
    'too-often': 'Too many calls in a short time. Try again later',
    'service-stopped': 'The call service stopped and the room is closed',
    'microphone-refused': 'Speaking needs the microphone, and it was refused',
    failed: 'Entering the room failed. Please try again',
  },
}
