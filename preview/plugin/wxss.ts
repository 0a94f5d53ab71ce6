/** Compiles WXSS to CSS for a document that contains all pages of a phone. */
import fs from 'node:fs'
import path from 'node:path'
import postcss, { CssSyntaxError, type Root, type Rule } from 'postcss'
import parser from 'postcss-selector-parser'
import { TAG_PREFIX } from '../elements/tags'
import { CompileError } from './compile-error'
import { phoneLengths } from './lengths'

interface WxssScope {
  /** The mini-program's root, for `@import "/…"`. */
  root: string
  /** Called with each file read, for watching. */
  onFile(file: string): void
  /** Class prefix of a component with its own styles. */
  classPrefix?: string | null
  /** Path of the page whose styles these are: they must not affect other pages. */
  page?: string | null
}

export function compileWxss(file: string, scope: WxssScope): string {
  const ast = inline(file, scope, [])
  applyTheme(ast)
  ast.walkRules((rule) => {
    if (insideKeyframes(rule)) return
    rule.selector = selectors(rule, scope)
  })
  ast.walkDecls((declaration) => {
    declaration.value = phoneLengths(declaration.value)
  })
  ast.walkAtRules('media', (rule) => {
    rule.params = phoneLengths(rule.params)
  })
  return ast.toString()
}

function inline(file: string, scope: WxssScope, importers: string[]): Root {
  if (importers.includes(file)) throw new CompileError(`@import goes in a circle`, file)
  scope.onFile(file)
  const ast = parse(file)
  ast.walkAtRules('import', (rule) => {
    const target = /["'](.+?)["']/.exec(rule.params)?.[1]
    const at = rule.source?.start
    if (target === undefined) throw new CompileError('@import needs a quoted path', file, at?.line, at?.column)
    const imported = target.startsWith('/') ? path.join(scope.root, target) : path.resolve(path.dirname(file), target)
    if (!fs.existsSync(imported)) throw new CompileError(`@import "${target}" is missing`, file, at?.line, at?.column)
    rule.replaceWith(inline(imported, scope, [...importers, file]).nodes)
  })
  return ast
}

function parse(file: string): Root {
  try {
    return postcss.parse(fs.readFileSync(file, 'utf8'), { from: file })
  } catch (error) {
    if (error instanceof CssSyntaxError) throw new CompileError(error.reason, file, error.line, error.column)
    throw error
  }
}

const COLOUR_SCHEME = /\s*(?:and\s*)?\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)\s*(?:and\s*)?/

/** The phone's theme decides, not the computer's: the media query becomes a selector. */
function applyTheme(ast: Root): void {
  ast.walkAtRules('media', (media) => {
    const theme = COLOUR_SCHEME.exec(media.params)?.[1]
    if (theme === undefined) return
    media.walkRules((rule) => {
      rule.selectors = rule.selectors.map((selector) => `:where(html[data-theme="${theme}"]) ${selector}`)
    })
    const rest = media.params.replace(COLOUR_SCHEME, '').trim()
    if (rest === '' || rest === 'screen') media.replaceWith(media.nodes ?? [])
    else media.params = rest
  })
}

function insideKeyframes(rule: Rule): boolean {
  const parent = rule.parent
  return parent?.type === 'atrule' && 'name' in parent && parent.name.endsWith('keyframes')
}

function selectors(rule: Rule, { classPrefix, page }: WxssScope): string {
  const pageArea = `:where([data-page="${page}"])`
  const rewrite = (selector: parser.Selector): void => {
    let namesPage = false
    selector.walk((node) => {
      if (node.type === 'class' && classPrefix) node.value = `${classPrefix}--${node.value}`
      if (node.type === 'pseudo' && node.value === ':host' && classPrefix) {
        node.replaceWith(parser.tag({ value: `[wx-host="${classPrefix}"]` }))
      }
      if (node.type !== 'tag' || node.value === 'html') return
      if (node.value === 'page') {
        namesPage = true
        node.value = `${TAG_PREFIX}page${page ? pageArea : ''}`
      } else node.value = `${TAG_PREFIX}${node.value}`
    })
    if (page && !namesPage) selector.prepend(parser.tag({ value: `:where(${TAG_PREFIX}page)${pageArea} ` }))
  }
  return parser((root) => root.each(rewrite)).processSync(rule.selector)
}
