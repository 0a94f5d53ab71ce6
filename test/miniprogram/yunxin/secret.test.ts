/** @jest-environment node */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { filesBelow } from '../../../scripts/check/files'
import { SUPPLIED } from '../../../scripts/check/pages'

const ROOT = path.resolve(__dirname, '../../../miniprogram')
const SOURCES = filesBelow(ROOT).filter((file) => /\.(ts|js|json|wxml|wxs)$/.test(file) && !file.startsWith(SUPPLIED))
/** Keys and secrets of the console have 32 hexadecimal digits, or 12 for a secret. */
const KEY = /['"`]([\da-f]{32}|[\da-f]{12})['"`]/i
/** The one sentence that names it, so that nobody enters it. */
const WARNING = /不是 AppSecret|not the AppSecret/g

test('no source contains an AppSecret or a key', () => {
  expect(SOURCES.length).toBeGreaterThan(100)
  const guilty = SOURCES.filter((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8').replace(WARNING, '')
    return /app_?secret|checksum/i.test(text) || KEY.test(text)
  })
  expect(guilty).toEqual([])
})
