/** Storage per account: phones on one page are separate. */
import { api } from './api'

const LIMIT_KB = 10_240

export function storageApi(account: string) {
  const prefix = `phone:${account}:`
  const keys = (): string[] =>
    Object.keys(localStorage).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []))
  const read = (key: string): unknown => {
    const stored = localStorage.getItem(prefix + key)
    return stored === null ? undefined : JSON.parse(stored)
  }
  const write = (key: string, value: unknown): void => localStorage.setItem(prefix + key, JSON.stringify(value ?? null))
  const remove = (key: string): void => localStorage.removeItem(prefix + key)
  const clear = (): void => keys().forEach(remove)
  const info = () => {
    const size = keys().reduce((sum, key) => sum + (localStorage.getItem(prefix + key)?.length ?? 0), 0)
    return { keys: keys(), currentSize: Math.ceil(size / 1024), limitSize: LIMIT_KB }
  }
  return {
    getStorageSync: (key: string): unknown => read(key) ?? '',
    setStorageSync: write,
    removeStorageSync: remove,
    clearStorageSync: clear,
    getStorageInfoSync: info,
    getStorage: api('getStorage', ({ key }: { key: string }) => {
      const data = read(key)
      if (data === undefined) throw new Error('data not found')
      return { data }
    }),
    setStorage: api('setStorage', ({ key, data }: { key: string; data: unknown }) => write(key, data)),
    removeStorage: api('removeStorage', ({ key }: { key: string }) => remove(key)),
    clearStorage: api('clearStorage', clear),
    getStorageInfo: api('getStorageInfo', info),
  }
}
