import fs from 'node:fs'
import path from 'node:path'
import { attribute } from '../../support/nodes'
import { mountComponent } from '../../support/simulate'

const ROOT = path.resolve(__dirname, '../../../miniprogram')
const SHAPES = new Set(
  [
    ...fs
      .readFileSync(`${ROOT}/components/line-icon/line-icon.wxss`, 'utf8')
      .matchAll(/^\.([\w-]+) \{\s+-webkit-mask-image/gm),
  ].map(([, name]) => name),
)
const TEMPLATES = fs
  .readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.wxml'))
  .map((file) => fs.readFileSync(path.join(ROOT, file), 'utf8'))

test('every shape that a template names is drawn, and every drawn one is named', () => {
  const icons = TEMPLATES.flatMap((template) => template.match(/<line-icon[^>]*?\sname="[^"]*"/g) ?? [])
  const named = icons.flatMap((icon) => {
    const value = /\sname="([^"]*)"/.exec(icon)?.[1] ?? ''
    // The record's direction is itself a name.
    if (value.includes('direction')) return ['outgoing', 'incoming']
    return value.includes('{{') ? [...value.matchAll(/[?:]\s*'(\w+)'/g)].map(([, name]) => name) : [value]
  })
  expect(new Set(named)).toEqual(SHAPES)
})

test('it is decoration: the control that holds it has the words', async () => {
  const icon = await mountComponent('components/line-icon/line-icon', { name: 'phone' })
  expect(attribute(icon.find('.icon'), 'class')).toBe('icon phone')
  expect(attribute(icon.find('.icon'), 'aria-hidden')).toBe('true')
})
