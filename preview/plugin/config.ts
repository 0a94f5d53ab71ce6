/** Reads app.json, theme.json, and the json files of pages and components. */
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { CompileError } from './compile-error'

const windowConfig = z.looseObject({
  navigationBarTitleText: z.string().optional(),
  navigationBarBackgroundColor: z.string().optional(),
  navigationBarTextStyle: z.string().optional(),
  navigationStyle: z.enum(['default', 'custom']).optional(),
  backgroundColor: z.string().optional(),
  disableScroll: z.boolean().optional(),
})

const tabBarConfig = z.looseObject({
  color: z.string(),
  selectedColor: z.string(),
  backgroundColor: z.string(),
  borderStyle: z.string().optional(),
  list: z.array(
    z.looseObject({
      pagePath: z.string(),
      text: z.string(),
      iconPath: z.string().optional(),
      selectedIconPath: z.string().optional(),
    }),
  ),
})

const usingComponents = z.record(z.string(), z.string()).default({})

const appConfig = z.looseObject({
  pages: z.array(z.string()).min(1),
  subPackages: z.array(z.looseObject({ root: z.string(), pages: z.array(z.string()) })).default([]),
  entryPagePath: z.string().optional(),
  window: windowConfig.default({}),
  tabBar: tabBarConfig.optional(),
  usingComponents,
  themeLocation: z.string().optional(),
})

const componentConfig = windowConfig.extend({
  component: z.boolean().optional(),
  usingComponents,
  componentGenerics: z.record(z.string(), z.unknown()).optional(),
  componentPlaceholder: z.record(z.string(), z.string()).optional(),
  styleIsolation: z
    .enum(['isolated', 'apply-shared', 'shared', 'page-isolated', 'page-apply-shared', 'page-shared'])
    .optional(),
  addGlobalClass: z.boolean().optional(),
})

const colours = z.record(z.string(), z.string())
const themes = z.object({ light: colours, dark: colours })

export type WindowConfig = z.infer<typeof windowConfig>
export type TabBarConfig = z.infer<typeof tabBarConfig>
export type AppConfig = z.infer<typeof appConfig>
export type ComponentConfig = z.infer<typeof componentConfig>
export type Themes = z.infer<typeof themes>

export const readAppConfig = (file: string): AppConfig => read(file, appConfig)
export const readThemes = (file: string): Themes => read(file, themes)

/** A component without a json file has an empty one. */
export function readComponentConfig(file: string): ComponentConfig {
  return fs.existsSync(file) ? read(file, componentConfig) : componentConfig.parse({})
}

/** Resolves a page or component path like WeChat: absolute from the root, otherwise relative to the file. */
export function resolvePath(target: string, from: string): string {
  return target.startsWith('/') ? target.slice(1) : path.posix.join(path.posix.dirname(from), target)
}

function read<T>(file: string, schema: z.ZodType<T>): T {
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch {
    throw new CompileError('this file is missing', file)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const { line, column } = placeOf(text, offsetOf(reason, text))
    throw new CompileError(reason, file, line, column)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new CompileError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`, file)
}

/** The position of a JSON.parse error: its message has an offset, or a piece of the text. */
function offsetOf(reason: string, text: string): number {
  const position = /position (\d+)/.exec(reason)?.[1]
  if (position !== undefined) return Number(position)
  const [, token = '', around = ''] = /'(.)', (?:\.\.\.)?"(.*)"(?:\.\.\.)? is not valid/s.exec(reason) ?? []
  return Math.max(0, text.indexOf(around)) + Math.max(0, around.lastIndexOf(token))
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
