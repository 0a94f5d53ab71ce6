/** The phone's storage, which the calls share with the app around them: their keys have a prefix, and its failures stop nothing. */

const PREFIX = 'netcall:'

/**
 * The stored value; undefined if there is none, or if the storage cannot be read. Before 0.2.0 keys had no prefix: such a value is moved
 * if `isOurs`, for it may be the app's.
 */
export function load(key: string, isOurs: (value: unknown) => boolean): unknown {
  try {
    const stored = read(PREFIX + key)
    if (stored !== undefined) return stored
    const old = read(key)
    if (old === undefined || !isOurs(old)) return undefined
    wx.setStorageSync(PREFIX + key, old)
    wx.removeStorageSync(key)
    return old
  } catch (error) {
    console.warn(`calls: ${key} cannot be read:`, error)
    return undefined
  }
}

/** With full storage the value is lost at the next start. */
export function save(key: string, value: unknown): void {
  try {
    wx.setStorageSync(PREFIX + key, value)
  } catch (error) {
    console.warn(`calls: ${key} cannot be stored:`, error)
  }
}

/** WeChat returns an empty string for a missing key. */
function read(key: string): unknown {
  const stored = wx.getStorageSync<unknown>(key)
  return stored === '' ? undefined : stored
}
